// Splitting a command into words as Python's shlex.split does: Airflow runs its `_cmd` keys so,
// without a shell.
//
//   vault read -field=url 'secret/my db'  ->  vault, read, -field=url, secret/my db
//
// https://docs.python.org/3/library/shlex.html#shlex.split
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// The words of `command`. An error for a quotation that does not end or a backslash at the end; it
/// never repeats the command. Any thread.
Expected<std::vector<std::string>> SplitWords(std::string_view command);

}  // namespace airflow_host
