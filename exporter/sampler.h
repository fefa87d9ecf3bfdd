// A thread that runs collectors on their cadences.
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

/// Drives some collectors from one thread of its own: all local ones share a sampler, each remote
/// one has its own, so that a server that hangs delays nobody else.
class Sampler {
 public:
  Sampler(std::string name, std::vector<CollectorRunner*> runners, const Clock& clock)
      : name_(std::move(name)), runners_(std::move(runners)), clock_(clock) {}

  /// Starts the thread; once.
  Expected<void> Start();
  /// Asks the thread to end after the attempt under way. Any thread.
  void Stop();
  /// Waits for its end until `limit`; false if it still runs then.
  bool JoinUntil(SteadyTime limit) { return !thread_ || thread_->JoinUntil(limit); }

 private:
  void Run();
  bool WaitUntil(SteadyTime due);

  const std::string name_;
  const std::vector<CollectorRunner*> runners_;
  const Clock& clock_;
  std::optional<Thread> thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace airflow_host
