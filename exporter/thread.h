// Threads with a name and a small stack. std::thread can set neither, and with locked memory every
// megabyte of stack is a megabyte taken from the host that we watch.
#pragma once

#include <pthread.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "collectors/support/clock.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// One running thread. It must be joined before it is destroyed; owned by one thread.
class Thread {
 public:
  /// Starts a thread that runs `body` once. `name` is cut to the kernel's 15 characters. Fails with
  /// kFailed where the system gives no thread (a limit on processes or on locked memory).
  static Expected<Thread> Start(const std::string& name, std::function<void()> body);

  Thread(Thread&& other) noexcept = default;
  Thread& operator=(Thread&& other) noexcept = default;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() = default;

  /// Waits for its end until `limit` at the most; false if it still runs then. Once.
  bool JoinUntil(SteadyTime limit);

 private:
  Thread(pthread_t handle, std::shared_ptr<std::atomic<bool>> finished)
      : handle_(handle), finished_(std::move(finished)) {}
  pthread_t handle_;
  // Set by the thread's last act: joining it then takes no time.
  std::shared_ptr<std::atomic<bool>> finished_;
};

}  // namespace airflow_host
