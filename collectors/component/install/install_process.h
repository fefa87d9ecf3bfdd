// Looks at one process of Airflow and at the files below its root, without running anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collectors/component/install/install_facts.h"
#include "collectors/component/install/known_variables.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// What one look gave.
struct InstallLook {
  InstallFacts facts;
  /// Kept by the caller: a process that sets its title later makes its environment unreadable.
  std::optional<KnownVariables> variables;
  // What the right was missing for.
  bool root_denied = false;         ///< /proc/PID/root.
  bool environment_denied = false;  ///< /proc/PID/environ.
  bool config_denied = false;       ///< airflow.cfg.
};

/// Looks at the process `pid` that started at `start_ticks`. `known`: what an earlier look at the
/// same process found out about its environment. kAbsent where it has gone (or another has its
/// pid); what may not be read is marked and its facts are missing. Takes some milliseconds. Any
/// thread.
///
/// Needs the process's own user, or CAP_SYS_PTRACE; for the environment and for files that only
/// their owner may read CAP_DAC_READ_SEARCH too.
Expected<InstallLook> LookAtInstall(const std::string& procfs, int pid, std::uint64_t start_ticks,
                                    const std::optional<KnownVariables>& known);

}  // namespace airflow_host
