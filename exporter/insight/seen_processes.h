// Remembers the processes that the component collector saw: by the time the kernel's log tells of a
// kill, its victim is gone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "collectors/component/component_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// What is remembered of one process.
struct RememberedProcess {
  std::string component;  ///< As in labels.
  bool airflow = false;   ///< Of Airflow's own, not a neighbour.
  bool is_main = false;
  bool starts_tasks = false;  ///< Of a component whose children run tasks.
  int parent_pid = 0;
  std::optional<SystemTime> started_at;
  std::optional<TaskIdentity> task;
  std::string cgroup_path;
  bool declared = false;              ///< For the one who remembers: it has been seen to.
  std::optional<SystemTime> gone_at;  ///< Began of the first walk that did not find it any more.
  SteadyTime first_seen{};
  SteadyTime last_seen{};
};

/// Bounded; used by one thread.
class SeenProcesses {
 public:
  /// So long are those that have gone remembered.
  static constexpr std::chrono::seconds kGoneFor{120};
  static constexpr std::size_t kMostProcesses = 2 * ComponentObservation::kMostProcesses;

  /// Takes in one walk.
  void Absorb(const ComponentObservation& observation, SteadyTime now);

  /// The process that had `pid` at `at`; null where none of ours had. A pid is used again: of
  /// several the last that had begun by then, unless it had ended before.
  const RememberedProcess* Find(int pid, SystemTime at) const;

  /// The task of `process`, or else that of the closest process above it that has one.
  std::optional<TaskIdentity> TaskOf(const RememberedProcess& process, SystemTime at) const;

  /// The component for which the cgroup `path` is there: that of its main process, or of any. Empty
  /// where none of ours has been seen there.
  std::string ComponentIn(std::string_view path) const;

  /// Calls `see_to(process)` for those that are alive and not declared; true: declare it.
  template <typename SeeTo>
  void ForUndeclared(SeeTo see_to) {
    for (auto& [key, process] : processes_) {
      if (!process.declared && !process.gone_at) process.declared = see_to(process);
    }
  }

 private:
  using Key = std::pair<int, std::uint64_t>;  // Pid and start.

  void Forget(SteadyTime now);

  std::map<Key, RememberedProcess> processes_;
};

}  // namespace airflow_host
