// Reads the start times of processes.
#include "collectors/container/process_start.h"

#include <unistd.h>

#include <algorithm>

#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostProcesses = 1000;

std::optional<std::uint64_t> OldestTicks(const std::string& procfs,
                                         std::span<const std::uint64_t> ids) {
  std::optional<std::uint64_t> oldest;
  std::string buffer;
  for (const std::uint64_t id : ids.first(std::min(ids.size(), kMostProcesses))) {
    if (id == 0) continue;
    const auto stat = ReadFile(procfs + "/" + std::to_string(id) + "/stat", buffer);
    const auto ticks = stat ? ParseStartTicks(*stat) : std::nullopt;
    if (ticks && (!oldest || *ticks < *oldest)) oldest = ticks;
  }
  return oldest;
}

}  // namespace

std::optional<std::uint64_t> ParseStartTicks(std::string_view stat) {
  // The name in parentheses may itself hold parentheses and spaces; what follows the last does not.
  const std::size_t end = stat.rfind(')');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view rest = stat.substr(end + 1);
  constexpr int kFieldsBefore = 19;  // State is field 3, the start is field 22.
  for (int field = 0; field < kFieldsBefore; ++field) {
    if (!TakeField(rest)) return std::nullopt;
  }
  const auto ticks = TakeField(rest);
  return ticks ? ParseUnsigned(Trim(*ticks)) : std::nullopt;
}

std::optional<std::uint64_t> ParseBootTime(std::string_view stat) {
  while (auto line = TakeLine(stat)) {
    if (TakeField(*line) != "btime") continue;
    const auto seconds = TakeField(*line);
    return seconds ? ParseUnsigned(*seconds) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<SystemTime> OldestStart(const std::string& procfs,
                                      std::span<const std::uint64_t> ids) {
  const auto ticks = OldestTicks(procfs, ids);
  const long ticks_per_second = ::sysconf(_SC_CLK_TCK);
  if (!ticks || ticks_per_second <= 0) return std::nullopt;
  std::string buffer;
  const auto stat = ReadFile(procfs + "/stat", buffer);
  const auto boot = stat ? ParseBootTime(*stat) : std::nullopt;
  if (!boot) return std::nullopt;
  return FromSecondsSinceEpoch(static_cast<double>(*boot) +
                               static_cast<double>(*ticks) / static_cast<double>(ticks_per_second));
}

}  // namespace airflow_host
