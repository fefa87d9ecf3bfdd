// The environment of another process, as far as it concerns us: a few variables by name, and
// nothing else of it is kept, for environments hold passwords.
//
//   PATH=/usr/bin\0AIRFLOW_HOME=/opt/airflow\0AIRFLOW__CORE__EXECUTOR=CeleryExecutor\0
//
// /proc/PID/environ shows the memory in which the environment stood when the program was started.
// A program that sets its title writes over it (py-setproctitle does with the first title): what is
// left are zero bytes, or the end of a long title and zero bytes after it.
// https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html
// https://github.com/dvarrazzo/py-setproctitle (spt_status.c)
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "collectors/support/environment.h"

namespace airflow_host {

/// Takes the variables named in `wanted` out of `text`, the content of an environ file. Nothing
/// where it is no environment: empty, overwritten by a title, or not "NAME=VALUE" throughout.
/// `cut`: the text ends within the environment, so its last entry is left out. Total; any thread.
std::optional<Environment> TakeVariables(std::string_view text,
                                         std::span<const std::string_view> wanted,
                                         bool cut = false);

}  // namespace airflow_host
