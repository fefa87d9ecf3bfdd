// Parses /proc/PID/status. Sample (excerpt):
//   Name:	airflow
//   VmRSS:	  210944 kB
//   RssAnon:	  181204 kB
//   RssFile:	   29740 kB
//   RssShmem:	       0 kB
//   VmSwap:	    1024 kB
// Its "kB" are 1024 bytes.
// https://www.kernel.org/doc/html/latest/filesystems/proc.html (table 1-2), proc_pid_status(5)
#include "collectors/component/process_status.h"

#include <array>
#include <utility>

#include "collectors/component/kibibytes.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

using Member = std::optional<std::uint64_t> ProcessMemory::*;

constexpr std::array<std::pair<std::string_view, Member>, 5> kLines = {{
    {"VmRSS:", &ProcessMemory::rss},
    {"RssAnon:", &ProcessMemory::anonymous},
    {"RssFile:", &ProcessMemory::file},
    {"RssShmem:", &ProcessMemory::shared},
    {"VmSwap:", &ProcessMemory::swap},
}};

}  // namespace

ProcessMemory ParseProcessStatus(std::string_view text) {
  ProcessMemory memory;
  while (auto line = TakeLine(text)) {
    // Of some 60 lines only those of memory begin so.
    if (!line->starts_with('V') && !line->starts_with('R')) continue;
    for (const auto& [name, member] : kLines) {
      if (line->starts_with(name)) memory.*member = ParseKibibytes(line->substr(name.size()));
    }
  }
  return memory;
}

}  // namespace airflow_host
