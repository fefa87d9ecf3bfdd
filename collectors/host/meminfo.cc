// Parses /proc/meminfo; meminfo.h shows a sample.
#include "collectors/host/meminfo.h"

#include <algorithm>
#include <array>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

struct Entry {
  std::string_view key;
  std::optional<std::uint64_t> Meminfo::*field;
};

constexpr std::array kEntries = {
    Entry{"MemTotal:", &Meminfo::total_bytes},
    Entry{"MemAvailable:", &Meminfo::available_bytes},
    Entry{"MemFree:", &Meminfo::free_bytes},
    Entry{"AnonPages:", &Meminfo::anonymous_bytes},
    Entry{"Cached:", &Meminfo::cached_bytes},
    Entry{"Shmem:", &Meminfo::shared_bytes},
    Entry{"SReclaimable:", &Meminfo::slab_reclaimable_bytes},
    Entry{"SUnreclaim:", &Meminfo::slab_unreclaimable_bytes},
    Entry{"Committed_AS:", &Meminfo::committed_bytes},
    Entry{"CommitLimit:", &Meminfo::commit_limit_bytes},
    Entry{"SwapTotal:", &Meminfo::swap_total_bytes},
    Entry{"SwapFree:", &Meminfo::swap_free_bytes},
    Entry{"SwapCached:", &Meminfo::swap_cached_bytes},
};

}  // namespace

Meminfo ParseMeminfo(std::string_view text) {
  Meminfo meminfo;
  while (auto line = TakeLine(text)) {
    const auto key = TakeField(*line);
    const auto entry = std::find_if(kEntries.begin(), kEntries.end(),
                                    [&](const Entry& candidate) { return key == candidate.key; });
    if (entry == kEntries.end()) continue;
    const auto number = TakeField(*line);
    // The unit is asked for: a line that was cut in the middle of its number has none.
    if (!number || TakeField(*line) != "kB") continue;
    meminfo.*(entry->field) = ParseScaled(*number, kKibibyte);
  }
  return meminfo;
}

}  // namespace airflow_host
