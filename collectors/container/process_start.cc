// Reads the start times of processes.
#include "collectors/container/process_start.h"

#include <algorithm>

#include "collectors/support/boot_time.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/process_stat.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostProcesses = 1000;

struct Oldest {
  std::uint64_t ticks;
  std::string comm;
};

std::optional<Oldest> OldestByTicks(const std::string& procfs, std::span<const std::uint64_t> ids) {
  std::optional<Oldest> oldest;
  std::string buffer;
  for (const std::uint64_t id : ids.first(std::min(ids.size(), kMostProcesses))) {
    if (id == 0) continue;
    const auto stat = ReadFile(procfs + "/" + std::to_string(id) + "/stat", buffer);
    const auto process = stat.and_then(&ParseProcessStat);
    if (process && (!oldest || process->start_ticks < oldest->ticks)) {
      oldest = Oldest{process->start_ticks, std::string(process->comm)};
    }
  }
  return oldest;
}

}  // namespace

std::optional<OldestProcess> FindOldest(const std::string& procfs,
                                        std::span<const std::uint64_t> ids) {
  auto oldest = OldestByTicks(procfs, ids);
  if (!oldest) return std::nullopt;
  std::string buffer;
  const auto stat = ReadFile(procfs + "/stat", buffer);
  const auto start = TimeOfTick(stat ? ParseBootTime(*stat) : std::nullopt, oldest->ticks);
  if (!start) return std::nullopt;
  return OldestProcess{*start, std::move(oldest->comm)};
}

}  // namespace airflow_host
