// `airflow tasks run DAG TASK RUN ...`: the command that Airflow 2 runs a task by.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/component/task_identity.h"

namespace airflow_host {

/// The strings of a Python list as repr() writes it: "['airflow', \"it's\", 'a\\nb']". Stops at
/// what is no string of a list, and at the end; a string that has no closing quote is left out, for
/// it may be cut off. Total; any thread.
std::vector<std::string> ParsePythonList(std::string_view text);

/// The arguments of a command line: parted by NULs, or by spaces where there is none.
std::vector<std::string> SplitCommand(std::string_view text);

/// The task that `airflow tasks run` or `airflow tasks test` names in `arguments`; nothing for any
/// other command, and where dag or task is missing. Total; any thread.
std::optional<TaskIdentity> TaskOfCommand(const std::vector<std::string>& arguments);

/// A number from 0 to a billion; nothing for any other, so for the map index -1 of a task that is
/// not mapped.
std::optional<int> SmallNumberOf(std::string_view text);

}  // namespace airflow_host
