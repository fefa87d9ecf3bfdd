// Keeps a memory within its bound.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "collectors/support/clock.h"

namespace airflow_host {

/// Erases of `map`, where it holds more than `most` entries, those too many whose
/// `last_used(value)`, a SteadyTime, lies longest ago. Used by the map's thread.
template <typename Map, typename LastUsed>
void ForgetOldest(Map& map, std::size_t most, LastUsed last_used) {
  if (map.size() <= most) return;
  std::vector<std::pair<SteadyTime, typename Map::iterator>> by_use;
  by_use.reserve(map.size());
  for (auto entry = map.begin(); entry != map.end(); ++entry) {
    by_use.emplace_back(last_used(entry->second), entry);
  }
  const auto kept = by_use.begin() + static_cast<std::ptrdiff_t>(by_use.size() - most);
  std::nth_element(by_use.begin(), kept, by_use.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  for (auto old = by_use.begin(); old != kept; ++old) map.erase(old->second);
}

}  // namespace airflow_host
