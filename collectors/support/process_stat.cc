// Parses /proc/PID/stat. Sample (one line; fields 1 to 22):
//   4213 (airflow schedul) S 4190 4190 4190 0 -1 4194560 51234 0 12 0 8123 944 0 0 20 0 3 0 131105
// Field 2 is the process's own choice of 15 bytes and may hold spaces, parentheses and newlines, so
// the fields are counted from the last ")".
// https://www.kernel.org/doc/html/latest/filesystems/proc.html (table 1-4), proc_pid_stat(5)
#include "collectors/support/process_stat.h"

#include <array>
#include <limits>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kFirstField = 3;  // The first one behind the last ")".
constexpr std::size_t kLastField = 22;
constexpr std::uint64_t kKernelThreadFlag = 0x00200000;  // PF_KTHREAD, include/linux/sched.h

using Fields = std::array<std::string_view, kLastField - kFirstField + 1>;

bool TakeFields(std::string_view rest, Fields& fields) {
  for (std::string_view& field : fields) {
    const auto taken = TakeField(rest);
    if (!taken) return false;
    field = *taken;
  }
  return true;
}

}  // namespace

Expected<ProcessStat> ParseProcessStat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return Fail(ErrorKind::kMalformed, "a process's stat holds no name in parentheses");
  }
  Fields fields;
  if (!TakeFields(Trim(text.substr(close + 1)), fields)) {
    return Fail(ErrorKind::kMalformed, "a process's stat ends before its field 22, starttime");
  }
  const auto number = [&fields](std::size_t field) {
    return ParseUnsigned(fields.at(field - kFirstField));
  };
  const auto parent = number(4);
  const auto flags = number(9);
  const auto user = number(14);
  const auto system = number(15);
  const auto threads = number(20);
  const auto start = number(22);
  if (!parent || *parent > static_cast<std::uint64_t>(std::numeric_limits<int>::max()) || !flags ||
      !user || !system || !threads || !start) {
    return Fail(ErrorKind::kMalformed, "a process's stat holds a field that is not a number");
  }
  ProcessStat stat;
  stat.comm = text.substr(open + 1, close - open - 1);
  stat.state = fields[0].front();
  stat.parent_pid = static_cast<int>(*parent);
  stat.kernel_thread = (*flags & kKernelThreadFlag) != 0;
  stat.user_ticks = *user;
  stat.system_ticks = *system;
  stat.threads = *threads;
  stat.start_ticks = *start;
  return stat;
}

}  // namespace airflow_host
