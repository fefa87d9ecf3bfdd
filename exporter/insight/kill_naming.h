// What the kernel's log alone tells of a victim: its name and its cgroup's path.
#pragma once

#include <string>
#include <string_view>

namespace airflow_host {

/// The component of a process that has the name `comm`, where that is enough; else empty. Any
/// thread.
std::string ComponentByComm(std::string_view comm);

/// Whether the cgroup `path` is a container's (or a systemd service's), or lies below one. Any
/// thread.
bool InContainer(std::string_view path);

/// What to call the container in whose cgroup `path` lies while nobody knows its name: by its short
/// id, or, a systemd service, by its unit, as in labels; empty outside of containers. Any thread.
std::string NameByPath(std::string_view path);

/// A victim in another container than the process that has its pid is another process: we see other
/// pids than the kernel (a pid namespace of our own). Any thread.
bool Contradicts(std::string_view one, std::string_view other);

}  // namespace airflow_host
