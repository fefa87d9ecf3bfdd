// Counts kills without the kernel's log: by the containers' cgroup events, which know where, and by
// /proc/vmstat, which counts them all and knows nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "collectors/container/container_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// Both sources count the same kill, each at its own time, so each kill of a container is taken off
/// those of the host; what no container has claimed after kPatience happened elsewhere. Used by one
/// thread.
class KillFallback {
 public:
  /// Two cadences of the container collector, and a little.
  static constexpr std::chrono::seconds kPatience{12};

  /// Takes in a reading of /proc/vmstat (oom_kill); empty where the kernel does not tell it.
  void AbsorbHost(std::optional<std::uint64_t> oom_kills, SteadyTime now);

  /// Takes in all containers; `names` are their labels, in their order.
  void AbsorbContainers(const ContainerObservation& containers, std::span<const std::string> names);

  /// The log cannot be read from now on, so that counts are wanted; or it can, and they are not.
  void SetActive(bool active);

  /// What is to be counted by now.
  std::vector<KillCount> Take(SteadyTime now);

 private:
  struct HostKills {
    std::uint64_t kills;
    SteadyTime seen;
  };

  void Claim(const Container& container, const std::string& name, std::uint64_t kills);

  bool active_ = false;
  std::optional<std::uint64_t> host_kills_;  // Last reading.
  bool containers_known_ = false;
  std::unordered_map<std::string, std::uint64_t> container_kills_;  // Last reading, by path.
  std::deque<HostKills> unclaimed_;  // Of the host, the oldest first.
  std::uint64_t claimed_ahead_ = 0;  // By containers, before /proc/vmstat was read.
  std::uint64_t counted_unclaimed_ =
      0;  // As nobody's; a container that is late may still claim them.
  std::vector<KillCount> ready_;
};

}  // namespace airflow_host
