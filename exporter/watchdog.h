// The thread that notices what hangs.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "collectors/support/clock.h"
#include "exporter/collector_runner.h"
#include "exporter/thread.h"

namespace airflow_host {

/// Looks at every collector twice a second. It touches no source itself, so nothing can hang it.
class Watchdog {
 public:
  explicit Watchdog(std::vector<CollectorRunner*> runners) : runners_(std::move(runners)) {}

  /// Starts the thread; once.
  Expected<void> Start();
  /// Asks the thread to end. Any thread.
  void Stop();
  /// Waits for its end until `limit`; false if it still runs then.
  bool JoinUntil(SteadyTime limit) { return !thread_ || thread_->JoinUntil(limit); }

 private:
  void Run();

  const std::vector<CollectorRunner*> runners_;
  std::optional<Thread> thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace airflow_host
