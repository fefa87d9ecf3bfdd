// Kills that one source has told and the other is expected to tell too.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "collectors/support/clock.h"

namespace airflow_host {

/// Kills by the time at which they were told. Bounded. Used by one thread.
class KillPool {
 public:
  void Add(std::uint64_t kills, SteadyTime now) {
    if (kills == 0) return;
    if (pool_.size() < kMostEntries) {
      pool_.push_back({kills, now});
    } else {
      pool_.back().kills += kills;
      pool_.back().told = now;
    }
  }

  /// Takes up to `wanted` off, the oldest first; how many it were.
  std::uint64_t Take(std::uint64_t wanted) {
    std::uint64_t taken = 0;
    while (taken < wanted && !pool_.empty()) {
      Entry& oldest = pool_.front();
      const std::uint64_t part = std::min(oldest.kills, wanted - taken);
      oldest.kills -= part;
      taken += part;
      if (oldest.kills == 0) pool_.pop_front();
    }
    return taken;
  }

  /// Takes off those told `age` ago and before; how many it were.
  std::uint64_t TakeOlder(SteadyTime now, std::chrono::seconds age) {
    std::uint64_t taken = 0;
    for (; !pool_.empty() && now - pool_.front().told >= age; pool_.pop_front()) {
      taken += pool_.front().kills;
    }
    return taken;
  }

 private:
  static constexpr std::size_t kMostEntries = 100;

  struct Entry {
    std::uint64_t kills;
    SteadyTime told;
  };

  std::deque<Entry> pool_;  // The oldest first.
};

}  // namespace airflow_host
