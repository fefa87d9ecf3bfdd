// The names of queues that somebody else knows of, on their way to the broker collector: a task may
// wait in a queue that no binding names, and its list may be gone.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace airflow_host {

/// Carries queue names from whoever knows them to the broker collector, which counts those queues
/// from its next round on. What is not wanted any more falls away. Safe to call from any thread.
class QueueLookup {
 public:
  /// These queues are wanted, in the place of those of before.
  void Want(std::vector<std::string> queues) {
    const std::lock_guard lock(mutex_);
    wanted_ = std::move(queues);
  }

  /// The queues that were wanted last.
  std::vector<std::string> Wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
  }

 private:
  mutable std::mutex mutex_;  // Guards wanted_.
  std::vector<std::string> wanted_;
};

}  // namespace airflow_host
