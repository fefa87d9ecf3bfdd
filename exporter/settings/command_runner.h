// Running one of Airflow's `_cmd` commands: without a shell, within a time limit, with an output of
// bounded length.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "collectors/support/clock.h"
#include "collectors/support/environment.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Airflow itself sets none; a command that asks a vault answers within this.
inline constexpr std::chrono::seconds kCommandTimeLimit{5};

/// Runs `words` (the program, looked up in PATH, and its arguments) with `environment` and gives
/// what it writes to standard output, blanks at both ends removed. Its standard error is dropped:
/// it may hold secrets. Past `time_limit` it is killed with all its children of the same process
/// group. Errors never name the command or its output. Blocks; any thread.
Expected<std::string> RunCommand(const std::vector<std::string>& words,
                                 const Environment& environment, const Clock& clock,
                                 std::chrono::milliseconds time_limit = kCommandTimeLimit);

}  // namespace airflow_host
