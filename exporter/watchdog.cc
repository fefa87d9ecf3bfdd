// Looks at the attempts under way, twice a second.
#include "exporter/watchdog.h"

#include <chrono>
#include <utility>

namespace airflow_host {

Expected<void> Watchdog::Start() {
  auto thread = Thread::Start("watchdog", [this] { Run(); });
  if (!thread) return tl::unexpected(thread.error());
  thread_ = std::move(*thread);
  return {};
}

void Watchdog::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void Watchdog::Run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::milliseconds(500), [this] { return stopping_; })) {
    for (CollectorRunner* runner : runners_) runner->Watch();
  }
}

}  // namespace airflow_host
