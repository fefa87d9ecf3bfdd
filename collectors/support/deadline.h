// One absolute point in time by which a whole observation must be over, however many calls it
// makes. A time-out per call is not enough: a server that drips one byte a second never trips it.
#pragma once

#include <algorithm>
#include <chrono>

#include "collectors/support/clock.h"

namespace airflow_host {

/// The absolute end of one observation. A plain value; any thread.
struct Deadline {
  SteadyTime at;

  /// What is left at `now`, never negative; in milliseconds, rounded up, as poll(2) wants it.
  std::chrono::milliseconds Remaining(SteadyTime now) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - now);
    return std::max(left, std::chrono::milliseconds(0));
  }

  /// True once `now` has reached the deadline.
  bool Expired(SteadyTime now) const { return now >= at; }
};

}  // namespace airflow_host
