// The last kills, put together from the log and kept in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "collectors/oom/oom_observation.h"
#include "collectors/oom/oom_pairing.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// What ties the log's clock to the wall's: both, read at one instant. The log's is taken for
/// CLOCK_MONOTONIC, from which it differs by milliseconds: both start at boot and stand still while
/// the host sleeps.
struct LogTime {
  SystemTime wall_now{};
  std::chrono::microseconds log_now{};
  /// A record that was read at that instant was not there at this time; empty where it may be old.
  std::optional<SystemTime> not_before;

  /// The wall-clock time of a record, never after `wall_now`.
  SystemTime WallTimeOf(std::chrono::microseconds logged) const;
};

/// One kill as it is published. Pure; any thread.
OomKill ToOomKill(const PairedKill& paired, const LogTime& time, bool before_start);

/// Keeps the last kills. Used by one thread.
class OomHistory {
 public:
  /// Enters a kill, or fills in what is new of one that was entered before (the same sequence).
  void Enter(OomKill kill);

  /// All, the oldest first. The same object as long as nothing is entered.
  std::shared_ptr<const std::vector<OomKill>> kills();

  /// How many have been entered that did not happen before the start.
  std::uint64_t new_kills() const { return new_kills_; }

 private:
  std::vector<OomKill> kills_;
  std::shared_ptr<const std::vector<OomKill>> published_;
  std::uint64_t new_kills_ = 0;
};

}  // namespace airflow_host
