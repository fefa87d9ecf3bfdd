// Remembers the lowest value of the last minute, so that a peak between two scrapes is seen.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "collectors/support/clock.h"

namespace airflow_host {

/// The minimum of a sliding minute, kept by the second: 60 slots whatever the cadence, no
/// allocation. Used by one thread.
class MinuteLow {
 public:
  /// Takes in what was measured at `now`, which never goes back.
  void Add(SteadyTime now, std::uint64_t value);

  /// The lowest value of the 60 seconds that end with that of `now`; empty if there is none.
  std::optional<std::uint64_t> Lowest(SteadyTime now) const;

 private:
  static constexpr std::size_t kSlots = 60;
  struct Slot {
    std::int64_t second = std::numeric_limits<std::int64_t>::min();
    std::uint64_t lowest = 0;
  };

  std::array<Slot, kSlots> slots_{};
};

}  // namespace airflow_host
