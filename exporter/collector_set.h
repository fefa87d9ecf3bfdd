// All collectors of one run with the threads that drive them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/registry.h"
#include "exporter/board.h"
#include "exporter/collector_runner.h"
#include "exporter/log.h"
#include "exporter/sampler.h"
#include "exporter/watchdog.h"

namespace airflow_host {

/// One collector that is switched on.
struct CollectorPlan {
  const CollectorRow* row = nullptr;
  std::chrono::milliseconds cadence{};
  /// Why the settings name no source, where they are known to name none; empty otherwise.
  std::string absence;
  /// How often it is asked to observe, where that is more often than its cadence: it then decides
  /// by itself what to read when. 0: at its cadence.
  std::chrono::milliseconds pace{};

  bool operator==(const CollectorPlan&) const = default;
};

/// Builds the collectors, puts them on a board, and runs each on a thread of its own, a watchdog
/// over all. Called by main's thread; the board by any.
class CollectorSet {
 public:
  explicit CollectorSet(const Clock& clock, Log& log) : board_(clock), clock_(clock), log_(log) {}
  CollectorSet(const CollectorSet&) = delete;
  CollectorSet& operator=(const CollectorSet&) = delete;
  ~CollectorSet() = default;

  /// Builds every collector of `plans`. One whose source the settings do not name is put on the
  /// board as not configured; any other error ends it, for the settings are wrong. Once.
  Expected<void> Build(std::span<const CollectorPlan> plans, const CollectorSettings& settings,
                       const Refine& refine);

  /// Starts the threads. Once, after Build. The remote collectors follow once the local ones have
  /// made their first attempt (mostly some 10 ms, at most half a second), so that the first look at
  /// the containers finds the components that name them.
  Expected<void> Start();

  /// Stops the threads and breaks off what is under way; false if one has not ended by `limit`:
  /// then this object must not be destroyed.
  bool Stop(SteadyTime limit);

  const Board& board() const { return board_; }

 private:
  Expected<void> StartSamplers(bool remote);
  void AwaitLocalAttempts() const;

  Board board_;
  const Clock& clock_;
  Log& log_;
  std::vector<std::unique_ptr<CollectorRunner>> runners_;
  std::vector<std::unique_ptr<Sampler>> samplers_;
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace airflow_host
