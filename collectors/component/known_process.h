// One process as the table of processes knows it, and what its title makes of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "collectors/component/classify.h"
#include "collectors/component/neighbour_groups.h"
#include "collectors/component/task_identity.h"

namespace airflow_host {

/// One process as the table knows it. (pid, start_ticks) names it for good: a pid is used again.
struct KnownProcess {
  static constexpr std::uint32_t kNoSlot = UINT32_MAX;

  int pid = 0;
  int parent_pid = 0;
  std::uint64_t start_ticks = 0;  ///< Ticks of USER_HZ since boot.
  /// CPU time at the last look, in ticks of USER_HZ.
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  /// How much of it has been added to a component's total.
  std::uint64_t counted_user_ticks = 0;
  std::uint64_t counted_system_ticks = 0;
  /// Tells a title that has changed; 0 before the first was read.
  std::uint64_t title_hash = 0;
  std::uint32_t threads = 0;
  std::uint32_t next_look = 0;      ///< The walk that reads its files again.
  std::uint32_t looked_at = 0;      ///< The tick that read its files last.
  std::uint32_t resolved_tick = 0;  ///< The tick that decided `classification` last.
  std::uint32_t found_at = 0;       ///< Steady seconds at which it was found.
  std::uint32_t slot = kNoSlot;     ///< Where its ProcessDetails are.
  /// Of a Celery worker's main process: what its command line says; 0 if nothing.
  std::uint32_t concurrency = 0;
  std::uint8_t looks = 0;
  TitleKind title = TitleKind::kUnknown;
  bool kernel_thread = false;
  bool has_api_worker = false;
  /// It was not there on the walk before the one that found it.
  bool born_watched = false;
  std::optional<Component> group;  ///< The user's group that matches it.
  Classification classification;
  /// The component that it was found to be a mere member of: it never becomes that one's main
  /// process, also when its parent dies before it.
  std::optional<Component> member_of;
  /// The task that its own title names, completed by what its parent knows of the same.
  std::shared_ptr<const TaskIdentity> own_task;
  /// The task that it works on: its own, or that of the nearest process above it that has one.
  std::shared_ptr<const TaskIdentity> task;
};

/// Takes in what the title says, if it has changed since the last time: `cmdline` as in
/// /proc/PID/cmdline, `comm` as in /proc/PID/stat. Nothing else of them is kept.
void TakeTitle(std::string_view cmdline, std::string_view comm,
               const std::vector<NeighbourGroup>& groups, KnownProcess& process);

/// Decides which task the classified `process` works on: its own, completed by what `parent` (null:
/// none is known) knows of the same, else its parent's.
void InheritTask(const KnownProcess* parent, KnownProcess& process);

}  // namespace airflow_host
