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

std::optional<std::uint64_t> ParseKibibytes(std::string_view rest) {
  const auto number = TakeField(rest);
  if (!number || TakeField(rest) != "kB") return std::nullopt;
  return ParseScaled(*number, 1024);
}

}  // namespace

ProcessMemory ParseProcessStatus(std::string_view text) {
  ProcessMemory memory;
  while (auto line = TakeLine(text)) {
    const auto name = TakeField(*line);
    if (!name) continue;
    for (const auto& [wanted, member] : kLines) {
      if (*name == wanted) memory.*member = ParseKibibytes(*line);
    }
  }
  return memory;
}

}  // namespace airflow_host
