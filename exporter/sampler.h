// A thread that runs a collector on its cadence.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "collectors/support/clock.h"
#include "exporter/collector_runner.h"
#include "exporter/thread.h"

namespace airflow_host {

/// When a collector's next attempt is due: on a fixed grid of its cadence, so that attempts keep
/// their distance whatever one of them takes; attempts that a frozen host missed are not made up
/// for. Pure; one thread.
class Pace {
 public:
  Pace(SteadyTime first, std::chrono::milliseconds cadence) : due_(first), cadence_(cadence) {}

  SteadyTime due() const { return due_; }

  /// Moves on to the first point of the grid after `now`. A failing source is asked up to a tenth
  /// of a cadence later (`jitter` from 0 to 1), so that the exporters of many hosts do not knock on
  /// a recovering database at the same moment.
  void Next(SteadyTime now, bool failing, double jitter);

 private:
  SteadyTime due_;
  std::chrono::milliseconds cadence_;
  std::chrono::nanoseconds delay_{0};
};

/// Drives one collector from a thread of its own, so that nothing that hangs delays another: no
/// server, and no /proc/PID/cmdline either, whose reading waits for that process's memory lock.
class Sampler {
 public:
  Sampler(CollectorRunner& runner, const Clock& clock) : runner_(runner), clock_(clock) {}

  /// Starts the thread; once.
  Expected<void> Start();
  /// Asks the thread to end after the attempt under way. Any thread.
  void Stop();
  /// Waits for its end until `limit`; false if it still runs then.
  bool JoinUntil(SteadyTime limit) { return !thread_ || thread_->JoinUntil(limit); }

 private:
  void Run();
  bool WaitUntil(SteadyTime due);

  CollectorRunner& runner_;
  const Clock& clock_;
  std::optional<Thread> thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace airflow_host
