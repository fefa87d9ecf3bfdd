// Waiting on a descriptor until an absolute deadline, in a way that another thread can break off.
#pragma once

#include <utility>

#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// poll(2) on one descriptor and on an eventfd of its own. The eventfd lives as long as the waiter,
/// so breaking off can never hit a descriptor that was closed and given to something else, as a
/// shutdown(2) from another thread could.
class Waiter {
 public:
  /// Why a wait ended.
  enum class Outcome {
    kReady,        ///< The descriptor is ready, or has an error to report.
    kExpired,      ///< The deadline has come.
    kInterrupted,  ///< Interrupt was called.
  };

  /// `clock` outlives the waiter. kFailed where the kernel gives no eventfd.
  static Expected<Waiter> Make(const Clock& clock);

  /// Forgets an Interrupt that came too late for the wait it was meant for. Observing thread.
  void Reset() noexcept;

  /// Waits until `descriptor` is ready for `events` (POLLIN, POLLOUT). Observing thread.
  Outcome Wait(int descriptor, short events, Deadline deadline);

  /// Ends the wait under way, and every later one until Reset. Any thread.
  void Interrupt() noexcept;

  /// The clock that deadlines are compared with.
  const Clock& clock() const { return *clock_; }

 private:
  Waiter(const Clock& clock, UniqueDescriptor wake) : clock_(&clock), wake_(std::move(wake)) {}

  const Clock* clock_;
  UniqueDescriptor wake_;
};

}  // namespace airflow_host
