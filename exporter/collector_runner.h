// Runs one collector, attempt by attempt, and keeps the book on how it fares.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "collectors/collector.h"
#include "collectors/registry.h"
#include "exporter/board.h"
#include "exporter/log.h"

namespace airflow_host {

/// What happens to an observation on its way to the board: insights absorb it, and may give back a
/// richer one. The time is when the attempt that made it began.
using Refine = std::function<std::shared_ptr<const Observation>(std::shared_ptr<const Observation>,
                                                                SteadyTime)>;

/// Owns a collector. Attempt is called by the collector's own thread; the rest by the watchdog's
/// and main's.
class CollectorRunner {
 public:
  /// A hung attempt is broken off after this long, and only then: as long as it waits, the source
  /// has one connection of ours and gets no second one, and a server that was merely stopped
  /// answers at once when it goes on.
  static constexpr std::chrono::seconds kBreakOffAfter{60};

  CollectorRunner(const CollectorRow& row, std::unique_ptr<Collector> collector,
                  std::chrono::milliseconds cadence, Refine refine, Board& board,
                  const Clock& clock, Log& log);

  /// Makes one attempt and publishes what came of it.
  void Attempt();

  /// Notes that the attempt under way is late, and breaks it off when it has hung for too long.
  void Watch();

  /// Breaks off the attempt under way, if any: the program is about to end.
  void Interrupt() { collector_->Interrupt(); }

  const CollectorRow& row() const { return row_; }
  std::chrono::milliseconds cadence() const { return cadence_; }
  /// At least one attempt has finished. Any thread.
  bool attempted() const { return attempted_; }
  /// The last finished attempt failed. The collector's own thread.
  bool failing() const { return failing_; }

 private:
  void Finish(const Expected<std::shared_ptr<const Observation>>& result, SteadyTime started);
  void Tell(const Expected<std::shared_ptr<const Observation>>& result);

  const CollectorRow& row_;
  const std::unique_ptr<Collector> collector_;
  const std::chrono::milliseconds cadence_;
  const Refine refine_;
  Board& board_;
  const Clock& clock_;
  Log& log_;

  std::atomic<bool> attempted_ = false;
  bool failing_ = false;                 // The collector's own thread.
  std::optional<SteadyTime> last_told_;  // The same.

  std::mutex mutex_;  // Guards what follows.
  CollectorStatus status_;
  std::optional<SteadyTime> under_way_since_;
  std::optional<SteadyTime> broken_off_;
};

}  // namespace airflow_host
