// A clock that stands still until a test moves it.
#pragma once

#include "collectors/support/clock.h"

namespace airflow_host {

/// Both clocks start at a fixed instant and move together. Used by one thread.
class ManualClock final : public Clock {
 public:
  SteadyTime SteadyNow() const override { return SteadyTime{} + passed_; }
  SystemTime SystemNow() const override { return FromSecondsSinceEpoch(1'700'000'000) + passed_; }
  /// Lets `duration` pass.
  void Advance(std::chrono::nanoseconds duration) { passed_ += duration; }

 private:
  std::chrono::nanoseconds passed_ = std::chrono::hours(1);
};

}  // namespace airflow_host
