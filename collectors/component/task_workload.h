// The workload of an Airflow 3 task on a command line: a JSON text that holds the task's token.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collectors/component/task_identity.h"

namespace airflow_host {

/// `text` as the id of a task instance: an UUID, in lower case. Empty where it is none. Total.
std::string UuidOf(std::string_view text);

/// The task instance "ti" of the workload somewhere in `text`; nothing where there is none that can
/// be read. Nothing else of the text is copied. Total; any thread.
std::optional<TaskIdentity> TaskOfWorkload(std::string_view text);

}  // namespace airflow_host
