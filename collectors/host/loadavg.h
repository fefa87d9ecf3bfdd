// Parses /proc/loadavg: how many tasks ran or waited for a disk, on average.
//
//   6.42 3.10 1.55 4/412 90233
//
// https://docs.kernel.org/filesystems/proc.html (table 1-5)
#pragma once

#include <optional>
#include <string_view>

namespace airflow_host {

/// The first field of /proc/loadavg, the average of the last minute; empty where `text` does not
/// start with a number that is 0 or more. Any thread.
std::optional<double> ParseLoad1(std::string_view text);

}  // namespace airflow_host
