// Measures how long the host was frozen, by the lateness of our own timer.
#pragma once

#include <chrono>
#include <optional>

#include "collectors/support/clock.h"
#include "collectors/support/seconds.h"

namespace airflow_host {

/// Adds up stalls. The rule: a tick is late by the time since the tick before less the cadence; it
/// counts in full where it is late by more than kTolerance, and not at all otherwise. The time
/// between the begins of two ticks counts, so a stall inside an observation shows in the next one.
/// A freeze shows less the part of it that the timer would have slept anyway: 5 s at a cadence of 1
/// s give 4 to 5 s. Time in which the whole machine sleeps (suspend) is not seen: CLOCK_MONOTONIC
/// stands still. Used by one thread.
class StallMeter {
 public:
  /// Far more than a round of local reading takes (5 ms), far less than what a person calls frozen.
  static constexpr std::chrono::milliseconds kTolerance{500};

  explicit StallMeter(std::chrono::milliseconds cadence) : cadence_(cadence) {}

  /// Notes that a tick began at `now`.
  void Tick(SteadyTime now);

  /// All stalls since the first tick.
  Seconds total() const { return total_; }

 private:
  std::chrono::milliseconds cadence_;
  std::optional<SteadyTime> last_tick_;
  Seconds total_{0};
};

}  // namespace airflow_host
