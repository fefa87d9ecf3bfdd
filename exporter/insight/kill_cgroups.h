// Which containers' kills there have been since the last look, by the events of their cgroups.
// https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.events: oom, oom_kill)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/container/container_observation.h"
#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// Compares the containers from one observation to the next. Bounded. Used by one thread.
class CgroupKills {
 public:
  /// The kills since the last call, each once, although v2 counts what is killed in a container
  /// that lies within a service for both. `names` are the containers' labels, in their order.
  std::vector<KillCount> Absorb(const ContainerObservation& containers,
                                std::span<const std::string> names);

 private:
  /// One that is missing is remembered for so many observations: it may only have been unreadable,
  /// and what it did not live to tell comes after it.
  static constexpr std::uint64_t kRemembered = 10;

  struct Known {
    std::string name;  ///< As in labels.
    std::string component;
    bool limited = false;
    std::uint64_t kills = 0;
    std::uint64_t ooms = 0;
    /// Told by those within it before its own count had them: one is read after the other.
    std::uint64_t owed = 0;
    std::optional<std::uint64_t> oom_grew_in;  ///< The number of that observation.
    std::uint64_t seen_in = 0;
  };
  using Positions = std::unordered_map<std::string_view, std::size_t>;  // By cgroup path.

  std::uint64_t Note(const Container& container, const std::string& name, bool may_be_old);
  std::string_view ScopeOf(std::span<const Container> containers, const Positions& positions,
                           std::size_t at) const;
  void AddLateKills(std::span<const LateKills> late, std::vector<KillCount>& counts);

  std::uint64_t observation_ = 0;
  bool was_truncated_ = true;  // The first observation finds what had been there before.
  std::unordered_map<std::uint64_t, Known> known_;  // By inode: a path is used again.
};

}  // namespace airflow_host
