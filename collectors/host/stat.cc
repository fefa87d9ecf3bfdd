// Parses /proc/stat; stat.h shows a sample.
#include "collectors/host/stat.h"

#include "collectors/support/boot_time.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

CpuTimes ParseCpuTimes(std::string_view fields, std::uint64_t ticks_per_second) {
  CpuTimes times;
  if (ticks_per_second == 0) return times;
  for (auto& time : times) {
    const auto field = TakeField(fields);
    if (!field) break;
    const auto ticks = ParseUnsigned(*field);
    if (!ticks) continue;
    time = Seconds(static_cast<double>(*ticks) / static_cast<double>(ticks_per_second));
  }
  return times;
}

/// True for "cpu0", "cpu17", ...
bool NamesOneCpu(std::string_view key) {
  return key.substr(0, 3) == "cpu" && ParseUnsigned(key.substr(3)).has_value();
}

std::optional<std::uint64_t> ParseNumber(std::string_view fields) {
  const auto field = TakeField(fields);
  return field ? ParseUnsigned(*field) : std::nullopt;
}

}  // namespace

KernelStat ParseStat(std::string_view text, std::uint64_t ticks_per_second) {
  KernelStat stat;
  // A line counts only with its newline: without one its last number may have been cut.
  text = text.substr(0, text.rfind('\n') + 1);
  stat.boot_time = ParseBootTime(text);
  while (auto line = TakeLine(text)) {
    const auto key = TakeField(*line);
    if (!key) continue;
    if (*key == "cpu") {
      stat.cpu_times = ParseCpuTimes(*line, ticks_per_second);
    } else if (NamesOneCpu(*key)) {
      stat.cpus = stat.cpus.value_or(0) + 1;
    } else if (*key == "procs_blocked") {
      stat.processes_blocked = ParseNumber(*line);
    }
  }
  return stat;
}

CpuTimes WithoutSmallFalls(const CpuTimes& before, const CpuTimes& now) {
  constexpr Seconds kLargestSmallFall{3};
  CpuTimes times = now;
  for (std::size_t mode = 0; mode < times.size(); ++mode) {
    const auto& old = before[mode];
    auto& time = times[mode];
    if (old && time && *time < *old && *old - *time <= kLargestSmallFall) time = old;
  }
  return times;
}

}  // namespace airflow_host
