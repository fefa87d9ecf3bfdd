// A share of one core that may be spent on what is costly.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "collectors/support/clock.h"

namespace airflow_host {

/// Tells how much CPU time the calling thread has used so far. Injected, so that tests decide what
/// a reading costs.
using CpuClock = std::function<std::chrono::nanoseconds()>;

/// CLOCK_THREAD_CPUTIME_ID.
std::chrono::nanoseconds ThreadCpuTime();

/// Grants a share of the passing time and takes what was spent off it; what one piece of work
/// overdraws, the next grants pay back. Used by one thread.
class CpuBudget {
 public:
  /// `share` of one core, from 0 to 1; 0 grants nothing. The first grant is that of one `period`,
  /// and no more than those of two are ever saved up.
  CpuBudget(double share, std::chrono::nanoseconds period, CpuClock clock)
      : share_(share), period_(period), clock_(std::move(clock)) {}

  /// Grants for the time since the last call, and begins to measure.
  void Begin(SteadyTime now) {
    const std::chrono::nanoseconds passed = last_ ? now - *last_ : period_;
    last_ = now;
    left_ = std::min(left_ + Granted(passed), Granted(2 * period_));
    mark_ = clock_();
  }

  /// Whether there is something left to spend.
  bool Left() {
    const std::chrono::nanoseconds now = clock_();
    left_ -= now - mark_;
    mark_ = now;
    return left_ > std::chrono::nanoseconds(0);
  }

 private:
  std::chrono::nanoseconds Granted(std::chrono::nanoseconds passed) const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(passed * share_);
  }

  double share_;
  std::chrono::nanoseconds period_;
  CpuClock clock_;
  std::optional<SteadyTime> last_;
  std::chrono::nanoseconds left_{0};
  std::chrono::nanoseconds mark_{0};
};

}  // namespace airflow_host
