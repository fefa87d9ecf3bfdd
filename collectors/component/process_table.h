// Which processes there are and which component each belongs to, from walk to walk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/component/classify.h"
#include "collectors/component/process_reader.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"
#include "collectors/support/process_stat.h"

namespace airflow_host {

/// One process as the table knows it. (pid, start_ticks) names it for good: a pid is used again.
struct KnownProcess {
  int pid = 0;
  int parent_pid = 0;
  std::uint64_t start_ticks = 0;  ///< Ticks of USER_HZ since boot.
  /// CPU time at the last look, in ticks of USER_HZ.
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  /// How much of it has been added to a component's total.
  std::uint64_t counted_user_ticks = 0;
  std::uint64_t counted_system_ticks = 0;
  std::uint32_t threads = 0;
  std::uint32_t next_look = 0;      ///< The walk that reads its files again.
  std::uint32_t resolved_walk = 0;  ///< The walk that decided `classification` last.
  std::uint8_t looks = 0;
  TitleKind title = TitleKind::kUnknown;
  bool kernel_thread = false;
  bool has_api_worker = false;
  /// It was not there on the walk before the one that found it.
  bool born_watched = false;
  Classification classification;
  /// The component that it was found to be a mere member of: it never becomes that one's main
  /// process, also when its parent dies before it.
  std::optional<Component> member_of;
};

/// Keeps the table of processes. A process that is neither Airflow's nor a neighbour's is looked at
/// again ever less often, at last every kRestingWalks walks: that is how long it may take until an
/// old process is found to have become Airflow by exec. One that is classified, and any new one, is
/// read on every walk, for titles change. Used by one thread.
class ProcessTable {
 public:
  static constexpr std::uint32_t kRestingWalks = 12;

  ProcessTable(ProcessReader& reader, const Clock& clock) : reader_(reader), clock_(clock) {}

  /// Walks /proc once. kTimedOut when `deadline` passes before the end; the table then still holds
  /// what the walk before found. Processes that vanish under way are passed over.
  Expected<void> Walk(Deadline deadline);

  /// The processes of the last walk by ascending pid; zombies are left out.
  std::vector<KnownProcess>& processes() { return processes_; }

  /// Processes of the last walk whose files we may not read (hidepid=1).
  std::size_t denied() const { return denied_; }

  /// True if the last walk did not list process 1: others are hidden from us (hidepid=2).
  bool others_hidden() const { return others_hidden_; }

 private:
  Expected<void> Gather(Deadline deadline);
  void Look(int pid, const KnownProcess* known);
  void Take(int pid, const ProcessStat& stat, const KnownProcess* known);
  void MarkApiServers();
  void Resolve(KnownProcess& process, int depth);
  KnownProcess* Find(int pid);

  ProcessReader& reader_;
  const Clock& clock_;
  std::uint32_t walk_ = 0;
  std::size_t denied_ = 0;
  bool others_hidden_ = false;
  std::vector<int> pids_;
  std::vector<KnownProcess> processes_;
  std::vector<KnownProcess> next_;
};

}  // namespace airflow_host
