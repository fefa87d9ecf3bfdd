// Reads the start times of processes.
#include "collectors/container/process_start.h"

#include <algorithm>

#include "collectors/support/boot_time.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/process_stat.h"

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
    const auto process = stat.and_then(&ParseProcessStat);
    if (process && (!oldest || process->start_ticks < *oldest)) oldest = process->start_ticks;
  }
  return oldest;
}

}  // namespace

std::optional<SystemTime> OldestStart(const std::string& procfs,
                                      std::span<const std::uint64_t> ids) {
  const auto ticks = OldestTicks(procfs, ids);
  if (!ticks) return std::nullopt;
  std::string buffer;
  const auto stat = ReadFile(procfs + "/stat", buffer);
  return TimeOfTick(stat ? ParseBootTime(*stat) : std::nullopt, *ticks);
}

}  // namespace airflow_host
