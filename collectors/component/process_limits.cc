// Parses /proc/PID/limits, a table whose first column holds spaces. Sample (excerpt):
//   Limit                     Soft Limit           Hard Limit           Units
//   Max cpu time              unlimited            unlimited            seconds
//   Max open files            1024                 524288               files
// https://www.kernel.org/doc/html/latest/filesystems/proc.html, proc_pid_limits(5)
#include "collectors/component/process_limits.h"

#include "collectors/support/text.h"

namespace airflow_host {

std::optional<std::uint64_t> ParseOpenFilesLimit(std::string_view text) {
  constexpr std::string_view kName = "Max open files ";
  while (auto line = TakeLine(text)) {
    if (!line->starts_with(kName)) continue;
    std::string_view columns = line->substr(kName.size());
    const auto soft = TakeField(columns);
    return soft ? ParseUnsigned(*soft) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace airflow_host
