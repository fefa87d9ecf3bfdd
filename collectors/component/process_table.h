// Which processes there are and which component each belongs to, from walk to walk.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "collectors/component/known_process.h"
#include "collectors/component/neighbour_groups.h"
#include "collectors/component/process_reader.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"
#include "collectors/support/process_stat.h"

namespace airflow_host {

/// Keeps the table of processes. Used by one thread.
///
/// A walk takes in everything: a process that is neither Airflow's nor a neighbour's is looked at
/// again ever less often, at last every kRestingWalks walks (that is how long it may take until an
/// old process is found to have become Airflow by exec); one that is classified, and any new one,
/// is read on every walk, for titles change. A glance between two walks reads only what is new, or
/// younger than kYoung, and leaves the rest as the last walk found it.
class ProcessTable {
 public:
  static constexpr std::uint32_t kRestingWalks = 12;
  static constexpr std::chrono::seconds kYoung{10};

  /// All three outlive the table.
  ProcessTable(ProcessReader& reader, const Clock& clock, const std::vector<NeighbourGroup>& groups)
      : reader_(reader), clock_(clock), groups_(groups) {}

  /// Walks /proc once. kTimedOut when `deadline` passes before the end; the table then still holds
  /// what the walk before found. Processes that vanish under way are passed over;
  /// one that is known and cannot be read for another reason stays as it was.
  Expected<void> Walk(Deadline deadline);

  /// Takes in what is new since the last walk or glance; false where nothing is, and the table has
  /// not changed. A process that has gone may stay in the table until the next walk. Errors as
  /// Walk.
  Expected<bool> Glance(Deadline deadline);

  /// The processes of the last walk by ascending pid; zombies are left out.
  std::vector<KnownProcess>& processes() { return processes_; }
  const std::vector<KnownProcess>& processes() const { return processes_; }

  /// Whether the last walk or glance has read the files of `process`.
  bool JustLookedAt(const KnownProcess& process) const { return process.looked_at == tick_; }

  /// Processes of the last walk whose files we may not read (hidepid=1).
  std::size_t denied() const { return denied_; }

  /// True if the last walk did not list process 1: others are hidden from us (hidepid=2).
  bool others_hidden() const { return others_hidden_; }

 private:
  enum class Depth { kWalk, kGlance };

  Expected<void> Gather(Depth depth, Deadline deadline);
  bool IsDue(const KnownProcess& process, Depth depth) const;
  bool HasYoung() const;
  void Look(int pid, const KnownProcess* known, Depth depth);
  /// Whether a known process whose files could not be read is kept as it was: forgotten for want of
  /// a descriptor or of memory, it would come back as a new one, with its CPU time counted again.
  bool MayStillRun(const KnownProcess& known, ErrorKind failure) const;
  void Take(int pid, const ProcessStat& stat, const KnownProcess* known, Depth depth);
  void MarkApiServers();
  void ResolveAll();
  void Resolve(KnownProcess& process, int depth);
  KnownProcess* Find(int pid);

  ProcessReader& reader_;
  const Clock& clock_;
  const std::vector<NeighbourGroup>& groups_;
  std::uint32_t walk_ = 0;
  std::uint32_t tick_ = 0;  ///< Walks and glances.
  std::uint32_t now_ = 0;   ///< Steady seconds of this tick.
  std::size_t denied_ = 0;
  bool others_hidden_ = false;
  std::vector<int> pids_;
  std::vector<KnownProcess> processes_;
  std::vector<KnownProcess> next_;
};

}  // namespace airflow_host
