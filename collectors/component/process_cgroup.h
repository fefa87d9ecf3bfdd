// /proc/PID/cgroup: the control group that bounds a process's memory, the key that joins a process
// to its container.
#pragma once

#include <optional>
#include <string_view>

namespace airflow_host {

/// The path of the memory control group in the text of /proc/PID/cgroup: that of the v1 hierarchy
/// which has the memory controller, else that of the v2 hierarchy; as the kernel gives it (with a
/// leading slash, relative to the hierarchy's root as the reader sees it). Nothing where there is
/// neither. A view of `text`. Total; any thread.
std::optional<std::string_view> ParseMemoryCgroup(std::string_view text);

}  // namespace airflow_host
