// Finds out what Airflow is installed, a little at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/component/component.h"
#include "collectors/component/install/install_process.h"
#include "collectors/component/install/install_summary.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// A main process of one of Airflow's components.
struct InstallSubject {
  int pid = 0;
  std::uint64_t start_ticks = 0;  ///< Since boot; with the pid the process's identity.
  Component component = Component::kOtherAirflow;
};

/// Looks at main processes in turn: at each soon after it was first seen, and again every
/// kRefresh, for packages can be upgraded below a running process and rights be given. No call
/// looks at more than kLooksPerCall, so that none takes long. Used by one thread.
class InstallReader {
 public:
  static constexpr std::chrono::minutes kRefresh{10};
  static constexpr std::size_t kLooksPerCall = 2;
  static constexpr std::size_t kMostSubjects = 256;

  /// `procfs`: where /proc is mounted, without a trailing slash.
  explicit InstallReader(std::string procfs) : procfs_(std::move(procfs)) {}

  /// Takes note of the main processes that there are at `now` (those after the first kMostSubjects
  /// are passed over), and looks at those whose turn it is. Neighbours, tasks and commands that
  /// come and go may be among `mains` and are passed over.
  void Look(std::span<const InstallSubject> mains, SteadyTime now);

  /// What is known; of a process that has gone nothing.
  const InstallSummary& summary() const { return summary_; }

  /// The ConcurrencyOf the settings of the process; empty where it is not known (yet).
  std::optional<std::uint32_t> WorkerConcurrency(int pid, std::uint64_t start_ticks) const;

 private:
  struct KnownInstall {
    InstallSubject subject;
    std::optional<SteadyTime> looked;
    std::optional<KnownVariables> variables;
    InstallEntry entry;
  };

  bool Follow(std::span<const InstallSubject> mains);
  KnownInstall* NextDue(SteadyTime now);
  void LookAt(KnownInstall& install, SteadyTime now);
  void Summarize();

  std::string procfs_;
  std::vector<KnownInstall> installs_;  ///< The oldest process first.
  InstallSummary summary_;
};

}  // namespace airflow_host
