// Counts kills without the kernel's log: by the containers' cgroup events, which know where, and by
// /proc/vmstat, which counts them all and knows nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/container/container_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/kill_cgroups.h"
#include "exporter/insight/kill_pool.h"
#include "exporter/insight/kill_report.h"
#include "exporter/insight/kill_spans.h"

namespace airflow_host {

/// Both sources count the same kill, each at its own time, so each kill of a container is taken off
/// those of the host; what no container has claimed after kPatience happened elsewhere. Used by one
/// thread.
class KillFallback {
 public:
  /// Two cadences of the container collector, and a little.
  static constexpr std::chrono::seconds kPatience{12};

  /// Takes in a reading of /proc/vmstat (oom_kill) of `read_at`; empty where the kernel does not
  /// tell it.
  void AbsorbHost(std::optional<std::uint64_t> oom_kills, SystemTime read_at, SteadyTime now);

  /// Takes in all containers; `names` are their labels, in their order.
  void AbsorbContainers(const ContainerObservation& containers, std::span<const std::string> names,
                        SteadyTime now);

  /// The log cannot be read from now on, so that counts are wanted; or it can, and what happens
  /// from now on is its to count. What was seen before that is still given by Take.
  void SetActive(bool active);

  /// What is to be counted by now.
  std::vector<KillCount> Take(SteadyTime now);

  /// Whether a kill at `at` that the log tells is among what was counted here, or is about to be.
  bool HasCounted(SystemTime at, bool in_container) const;

 private:
  void Claim(KillCount count, SteadyTime now);

  bool active_ = false;
  std::optional<std::uint64_t> host_kills_;  // Last reading.
  SystemTime host_read_at_{};
  std::optional<SystemTime> containers_read_at_;
  CgroupKills cgroups_;
  KillPool unclaimed_;      // Of the host.
  KillPool claimed_ahead_;  // By containers, before /proc/vmstat was read.
  // As nobody's, or by the log; a container that is late may still claim them.
  KillPool counted_;
  KillSpans host_counted_;
  KillSpans containers_counted_;
  std::vector<KillCount> ready_;
};

}  // namespace airflow_host
