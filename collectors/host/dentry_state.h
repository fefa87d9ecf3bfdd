// Parses /proc/sys/fs/dentry-state: the kernel's cache of names in directories.
//
//   132021	118340	45	0	61233	0
//
// The fifth field counts negative entries: names that were asked for and do not exist. A Python
// without its .pyc files asks for such names without end, and the entries pile up in kernel memory.
// https://docs.kernel.org/admin-guide/sysctl/fs.html#dentry-state
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// The number of unused negative entries. Empty where it is missing, and where it is 0: kernels
/// before 5.0 write a 0 there that means nothing, and a running host always has some. Any thread.
std::optional<std::uint64_t> ParseNegativeDentries(std::string_view text);

}  // namespace airflow_host
