// Follows the symbolic links in a path of the host without touching a file system that could hang.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/mountinfo.h"

namespace airflow_host {

/// The absolute `path` of the host with its symbolic links, "." and ".." resolved as on the host.
/// `rootfs` is where the host's root is mounted here, and `host_prefix` what stands before the
/// host's paths in `mounts`. What lies on no local file system, cannot be read, or lies behind a
/// fortieth link is taken as it is written. Reads links only. Any thread.
std::string ResolveSymbolicLinks(const std::vector<Mount>& mounts, std::string_view host_prefix,
                                 std::string_view rootfs, std::string_view path);

}  // namespace airflow_host
