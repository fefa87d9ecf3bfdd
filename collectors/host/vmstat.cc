// Parses /proc/vmstat; vmstat.h shows a sample.
#include "collectors/host/vmstat.h"

#include <algorithm>
#include <array>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

enum class Unit { kPages, kEvents };

struct Entry {
  std::string_view key;
  std::optional<std::uint64_t> PagingCounters::*field;
  Unit unit;
};

constexpr std::array kEntries = {
    Entry{"pswpin", &PagingCounters::swap_in_bytes, Unit::kPages},
    Entry{"pswpout", &PagingCounters::swap_out_bytes, Unit::kPages},
    Entry{"pgmajfault", &PagingCounters::major_page_faults, Unit::kEvents},
    Entry{"workingset_refault_anon", &PagingCounters::anonymous_refaults, Unit::kEvents},
    Entry{"workingset_refault_file", &PagingCounters::file_refaults, Unit::kEvents},
    Entry{"workingset_refault", &PagingCounters::file_refaults, Unit::kEvents},
    Entry{"oom_kill", &PagingCounters::oom_kills, Unit::kEvents},
};

}  // namespace

PagingCounters ParseVmstat(std::string_view text, std::uint64_t page_size) {
  PagingCounters counters;
  // A line counts only with its newline: without one its number may have been cut.
  text = text.substr(0, text.rfind('\n') + 1);
  while (auto line = TakeLine(text)) {
    const auto key = TakeField(*line);
    const auto entry = std::find_if(kEntries.begin(), kEntries.end(),
                                    [&](const Entry& candidate) { return key == candidate.key; });
    if (entry == kEntries.end()) continue;
    const auto number = TakeField(*line);
    if (!number) continue;
    counters.*(entry->field) = ParseScaled(*number, entry->unit == Unit::kPages ? page_size : 1);
  }
  return counters;
}

}  // namespace airflow_host
