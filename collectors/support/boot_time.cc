// Parses the line of /proc/stat that says when the host booted. Sample:
//   cpu  1393280 32966 572056 13343292 6130 0 17875 0 23933 0
//   btime 1795302798
//   processes 26442
// https://www.kernel.org/doc/html/latest/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
#include "collectors/support/boot_time.h"

#include <unistd.h>

#include <chrono>
#include <cstdint>

#include "collectors/support/text.h"

namespace airflow_host {

std::optional<SystemTime> ParseBootTime(std::string_view stat) {
  // The year 2100; what lies behind is no boot time, and could overflow the clock's nanoseconds.
  constexpr std::uint64_t kLatest = 4'102'444'800;
  while (auto line = TakeLine(stat)) {
    if (TakeField(*line) != "btime") continue;
    const auto seconds = ParseUnsigned(TakeField(*line).value_or(""));
    // lxcfs and broken clocks give 0: a host that does not know when it booted.
    if (!seconds || *seconds == 0 || *seconds > kLatest) return std::nullopt;
    return SystemTime(std::chrono::seconds(*seconds));
  }
  return std::nullopt;
}

std::uint64_t TicksPerSecond() {
  const long ticks = ::sysconf(_SC_CLK_TCK);
  return ticks > 0 ? static_cast<std::uint64_t>(ticks) : 100U;
}

std::optional<SystemTime> TimeOfTick(std::optional<SystemTime> boot, std::uint64_t tick) {
  constexpr std::uint64_t kLongestUptime = std::uint64_t{100} * 366 * 86'400;  // A century.
  const std::uint64_t per_second = TicksPerSecond();
  if (!boot || tick / per_second > kLongestUptime) return std::nullopt;
  const double seconds = static_cast<double>(tick) / static_cast<double>(per_second);
  return *boot +
         std::chrono::duration_cast<SystemTime::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace airflow_host
