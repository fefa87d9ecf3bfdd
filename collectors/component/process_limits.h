// /proc/PID/limits: how many file descriptors a process may have open.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// The soft limit "Max open files" in the text of /proc/PID/limits; nothing where it is not there,
/// malformed or unlimited. Total; any thread.
std::optional<std::uint64_t> ParseOpenFilesLimit(std::string_view text);

}  // namespace airflow_host
