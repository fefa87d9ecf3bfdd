// What outlives a process: CPU time per component, and how often its main process was replaced.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "collectors/component/component.h"
#include "collectors/component/process_table.h"

namespace airflow_host {

/// The totals of one component since the exporter started; none ever goes back.
struct ComponentAccount {
  bool seen = false;
  std::uint64_t user_ticks = 0;    ///< Ticks of USER_HZ.
  std::uint64_t system_ticks = 0;  ///< Ticks of USER_HZ.
  std::uint64_t restarts = 0;
};

/// Keeps the accounts. Used by one thread.
///
/// CPU: a process that the first walk found counts from then on, one that began later counts in
/// full; what a process used after the last walk that saw it is not known.
///
/// Restarts: a main process, named by (pid, start time), has gone, and on the same or a later walk
/// there is another main process of the component that was not there before; each departure pays
/// for one restart. One more beside those that still run is scaling up, and one that goes without a
/// successor is scaling down, or a failure that lasts: neither is a restart. A main process that
/// only a single walk has seen pays only if it was itself a replacement, so that a command run by
/// hand does not count, and a crash loop does. Pool children and tasks are no main processes.
class ComponentLedger {
 public:
  /// Enters one walk; notes in each process how much of its CPU time has been counted.
  void Enter(std::vector<KnownProcess>& processes);

  /// Enters a glance: only the CPU time, for what comes and goes between two walks uses some too.
  void EnterGlance(std::vector<KnownProcess>& processes);

  const ComponentAccount& account(Component component) const {
    return accounts_.at(IndexOf(component));
  }

 private:
  struct MainProcess {
    int pid;
    std::uint64_t start_ticks;
    bool established;  ///< Its departure pays for a restart.
  };
  struct MainProcesses {
    std::vector<MainProcess> now;
    std::vector<MainProcess> before;
    std::uint64_t departed = 0;  ///< Established ones that have gone and found no successor yet.
  };

  void CountTime(KnownProcess& process);
  static void CountRestarts(MainProcesses& mains, ComponentAccount& account, bool first_walk);

  bool first_walk_ = true;
  std::array<ComponentAccount, kComponentLimit> accounts_{};
  std::array<MainProcesses, kComponentLimit> mains_;
};

}  // namespace airflow_host
