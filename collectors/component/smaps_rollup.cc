// Parses /proc/PID/smaps_rollup (Linux 4.14 and later). Sample (excerpt):
//   564ab97df000-7fffca8ef000 ---p 00000000 00:00 0                          [rollup]
//   Rss:              228600 kB
//   Pss:              131204 kB
//   Pss_Dirty:        120112 kB
//   Shared_Clean:      31488 kB
//   Shared_Dirty:      70000 kB
//   Private_Clean:      5040 kB
//   Private_Dirty:    122072 kB
// Its "kB" are 1024 bytes. The kernel asks for the right to trace the process (ptrace(2)), which
// nobody but root has for one that is not dumpable, and walks all its mappings: milliseconds for a
// large interpreter.
// https://www.kernel.org/doc/Documentation/ABI/testing/procfs-smaps_rollup, proc_pid_smaps(5)
#include "collectors/component/smaps_rollup.h"

#include <array>
#include <utility>

#include "collectors/component/kibibytes.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

using Member = std::optional<std::uint64_t> SharedMemoryUse::*;

constexpr std::array<std::pair<std::string_view, Member>, 4> kLines = {{
    {"Rss:", &SharedMemoryUse::rss},
    {"Pss:", &SharedMemoryUse::pss},
    {"Private_Clean:", &SharedMemoryUse::private_clean},
    {"Private_Dirty:", &SharedMemoryUse::private_dirty},
}};

}  // namespace

SharedMemoryUse ParseSmapsRollup(std::string_view text) {
  SharedMemoryUse use;
  while (auto line = TakeLine(text)) {
    for (const auto& [name, member] : kLines) {
      if (line->starts_with(name)) use.*member = ParseKibibytes(line->substr(name.size()));
    }
  }
  return use;
}

}  // namespace airflow_host
