// Which task a process works on, as its title tells it.
#pragma once

#include <optional>
#include <string_view>

#include "collectors/component/task_identity.h"

namespace airflow_host {

/// Reads the task out of `cmdline`, the bytes of /proc/PID/cmdline; nothing where the title names
/// none. Only the identity is kept: the rest of a command line may hold tokens. A part that may be
/// cut off (the kernel shows no more of a title than the command line and environment had room for)
/// is left empty rather than wrong. Total; any thread.
std::optional<TaskIdentity> ParseTaskTitle(std::string_view cmdline);

/// `child` with what `parent`, the task of the process above it, knows more of the same task: the
/// map index, which a runner's title lacks, or the names behind an id. Just `child` where the two
/// are different tasks. Pure; any thread.
TaskIdentity MergeTasks(const TaskIdentity& child, const TaskIdentity& parent);

}  // namespace airflow_host
