// The two clocks, injected everywhere so that tests need not wait.
#pragma once

#include <algorithm>
#include <chrono>

namespace airflow_host {

/// Never goes back, has no meaning outside this boot: for durations, cadences and deadlines.
using SteadyTime = std::chrono::steady_clock::time_point;
/// Time since 1970-01-01 UTC: for everything that is shown to a person or to Prometheus.
using SystemTime = std::chrono::system_clock::time_point;

/// Tells the time. Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// CLOCK_MONOTONIC.
  virtual SteadyTime SteadyNow() const = 0;
  /// CLOCK_REALTIME.
  virtual SystemTime SystemNow() const = 0;
};

/// The machine's own clocks. Any thread.
class SystemClock final : public Clock {
 public:
  SteadyTime SteadyNow() const override { return std::chrono::steady_clock::now(); }
  SystemTime SystemNow() const override { return std::chrono::system_clock::now(); }
};

/// `time` in seconds since 1970-01-01 UTC, as Prometheus wants timestamps.
inline double SecondsSinceEpoch(SystemTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// The time that lies `seconds` after 1970-01-01 UTC; the inverse of SecondsSinceEpoch. Total: what
/// the clock's nanoseconds cannot hold (and NaN) becomes the nearest time that they can, in 2240.
inline SystemTime FromSecondsSinceEpoch(double seconds) {
  constexpr double kFarthest = 8'520'336'000;
  const double held = seconds < kFarthest ? std::max(seconds, -kFarthest) : kFarthest;
  return SystemTime(
      std::chrono::duration_cast<SystemTime::duration>(std::chrono::duration<double>(held)));
}

}  // namespace airflow_host
