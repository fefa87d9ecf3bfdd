// The low of every hour of the last week: what tells a daily cycle from a leak.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collectors/support/clock.h"

namespace airflow_host {

/// What HourlyLows holds, for a file. A plain value; anything may stand in one that was read.
struct HourlyLowsState {
  std::int64_t current = -1;    ///< The open hour; -1: it is empty.
  bool from_the_start = false;  ///< The open hour was seen from its first quarter on.
  float open_low = 0;
  std::vector<float> lows;  ///< Of the hours before `current`, NaN for one that was not seen.
};

/// Keeps the smallest value of each hour, by steady time, for a week: spikes shorter than an hour
/// leave no trace. 0.7 kB. Used by one thread.
class HourlyLows {
 public:
  /// A week, and the hour at either end of it.
  static constexpr std::size_t kHours = 7 * 24 + 2;

  /// Adds one value seen at `now`; not earlier than the last one.
  void Add(SteadyTime now, double value);

  /// The highest of the lows of the hour a day ago, two days ago and so on to seven, and of the
  /// hours before and after each. Nothing where none of them was seen whole.
  std::optional<double> SameHourOnOtherDays() const;

  HourlyLowsState Save() const;
  /// Takes over what another run has saved; false, and unchanged, where that makes no sense.
  bool Restore(const HourlyLowsState& state, SteadyTime now);

 private:
  void Close(std::int64_t next);
  static std::size_t SlotOf(std::int64_t hour) { return static_cast<std::size_t>(hour) % kHours; }

  std::array<float, kHours> lows_{};
  std::int64_t first_ = 0;  ///< The oldest hour that is kept; hours count from steady time 0.
  std::int64_t current_ = -1;
  float open_low_ = 0;
  bool from_the_start_ = false;
};

}  // namespace airflow_host
