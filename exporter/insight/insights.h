// The insights of one run, fed with every observation on its way to the board.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "collectors/collector.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "exporter/insight/trend_component.h"

namespace airflow_host {

/// Holds what the insights remember. Absorb is called by the local collectors' one thread, Describe
/// by any.
class Insights {
 public:
  Insights(ComponentTrendSettings trend, const Clock& clock);

  /// Learns from `observation` and gives back what is to be published in its place: containers come
  /// back named by the component that runs in them, everything else as it is.
  std::shared_ptr<const Observation> Absorb(std::shared_ptr<const Observation> observation);

  /// Adds what was learned, unless what it was learned from is older than four cadences.
  void Describe(MetricWriter& writer) const;

 private:
  const Clock& clock_;
  const std::chrono::nanoseconds stale_after_;
  ComponentTrend trend_;                                       // The local collectors' thread.
  std::shared_ptr<const ComponentObservation> last_components_;  // The same.

  mutable std::mutex mutex_;  // Guards what follows.
  TrendReport report_;
  SteadyTime reported_at_{};
};

}  // namespace airflow_host
