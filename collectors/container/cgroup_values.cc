// Parses the control groups' files; see the header for samples.
#include "collectors/container/cgroup_values.h"

#include <array>
#include <limits>
#include <span>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

template <typename Struct>
struct Field {
  std::string_view key;
  std::optional<std::uint64_t> Struct::*member;
};

using StatField = Field<MemoryStat>;
constexpr std::array kStatV2 = {
    StatField{"anon", &MemoryStat::anon},
    StatField{"file", &MemoryStat::file},
    StatField{"inactive_file", &MemoryStat::inactive_file},
    StatField{"slab_reclaimable", &MemoryStat::slab_reclaimable},
    StatField{"slab_unreclaimable", &MemoryStat::slab_unreclaimable},
    StatField{"kernel", &MemoryStat::kernel},
};
constexpr std::array kStatV1 = {
    StatField{"total_rss", &MemoryStat::anon},
    StatField{"total_cache", &MemoryStat::file},
    StatField{"total_inactive_file", &MemoryStat::inactive_file},
    StatField{"total_swap", &MemoryStat::swap},
    StatField{"hierarchical_memory_limit", &MemoryStat::memory_limit},
    StatField{"hierarchical_memsw_limit", &MemoryStat::memory_and_swap_limit},
};

using EventField = Field<ContainerMemoryEvents>;
constexpr std::array kEvents = {
    EventField{"low", &ContainerMemoryEvents::low},
    EventField{"high", &ContainerMemoryEvents::high},
    EventField{"max", &ContainerMemoryEvents::max},
    EventField{"oom", &ContainerMemoryEvents::oom},
    EventField{"oom_kill", &ContainerMemoryEvents::oom_kill},
};

/// Reads the "key number" lines whose key is one of `fields`; other lines are passed over, and all
/// behind the one that completes them: this runs on every memory.stat of fifty lines.
template <typename Struct>
void Fill(std::string_view text, std::span<const Field<Struct>> fields, Struct& result) {
  std::size_t missing = fields.size();
  while (missing > 0) {
    auto line = TakeLine(text);
    if (!line) return;
    const auto key = TakeField(*line);
    if (!key) continue;
    for (const Field<Struct>& field : fields) {
      if (field.key != *key) continue;
      const auto value = TakeField(*line);
      const auto number = value ? ParseUnsigned(*value) : std::nullopt;
      if (!number) break;
      if (!(result.*field.member)) --missing;
      result.*field.member = number;
      break;
    }
  }
}

/// No limit is set where it exceeds what any machine can hold; v1 rounds "none" to whole pages,
/// whose size differs between machines.
std::optional<std::uint64_t> Limited(std::optional<std::uint64_t> number) {
  constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 62U;
  return number && *number < kUnlimited ? number : std::nullopt;
}

}  // namespace

MemoryStat ParseMemoryStatV2(std::string_view text) {
  MemoryStat stat;
  Fill<MemoryStat>(text, kStatV2, stat);
  return stat;
}

MemoryStat ParseMemoryStatV1(std::string_view text) {
  MemoryStat stat;
  Fill<MemoryStat>(text, kStatV1, stat);
  stat.memory_limit = Limited(stat.memory_limit);
  stat.memory_and_swap_limit = Limited(stat.memory_and_swap_limit);
  return stat;
}

void ParseMemoryEvents(std::string_view text, ContainerMemoryEvents& events) {
  Fill<ContainerMemoryEvents>(text, kEvents, events);
}

std::optional<std::uint64_t> ParseSwapFailures(std::string_view text) {
  constexpr std::array kFields = {EventField{"fail", &ContainerMemoryEvents::fail}};
  ContainerMemoryEvents events;
  Fill<ContainerMemoryEvents>(text, kFields, events);
  return events.fail;
}

std::optional<std::uint64_t> ParseNumberFile(std::string_view text) {
  return ParseUnsigned(Trim(text));
}

std::optional<std::uint64_t> ParseLimitFile(std::string_view text) {
  return Limited(ParseNumberFile(text));
}

void ParseProcessIds(std::string_view text, std::vector<std::uint64_t>& ids) {
  while (const auto line = TakeLine(text)) {
    if (const auto id = ParseUnsigned(Trim(*line))) ids.push_back(*id);
  }
}

}  // namespace airflow_host
