// When kills were counted without the kernel's log, for when the log tells of them after all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "collectors/support/clock.h"

namespace airflow_host {

/// The times between two readings of a counter whose growth was counted. The last few are
/// remembered. Used by one thread.
class KillSpans {
 public:
  /// What the counter grew by from the reading at `from` to that at `to` has been counted.
  void Extend(SystemTime from, SystemTime to) {
    if (!open_) {
      spans_.push_back({from, to});
      if (spans_.size() > kMostSpans) spans_.pop_front();
    }
    spans_.back().to = to;
    open_ = true;
  }

  /// What the counter grows by from now on is not counted, until Extend is called again.
  void Close() { open_ = false; }

  /// Whether a kill at `at` has been counted.
  bool Contains(SystemTime at) const {
    return std::any_of(spans_.begin(), spans_.end(),
                       [at](const Span& span) { return at > span.from && at <= span.to; });
  }

 private:
  static constexpr std::size_t kMostSpans = 16;

  struct Span {
    SystemTime from;
    SystemTime to;
  };

  std::deque<Span> spans_;  // The oldest first.
  bool open_ = false;
};

}  // namespace airflow_host
