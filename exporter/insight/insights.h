// The insights of one run, fed with every observation on its way to the board.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "collectors/collector.h"
#include "collectors/container/container_ledger.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "exporter/insight/trend_component.h"

namespace airflow_host {

/// Holds what the insights remember. Safe to call from any thread.
class Insights {
 public:
  Insights(ComponentTrendSettings trend, const Clock& clock);

  /// Learns from `observation` and gives back what is to be published in its place: containers come
  /// back named by the component that runs in them, with what happened over their restarts;
  /// everything else as it is.
  std::shared_ptr<const Observation> Absorb(std::shared_ptr<const Observation> observation);

  /// Adds what was learned, unless what it was learned from is older than four cadences.
  void Describe(MetricWriter& writer) const;

 private:
  const Clock& clock_;
  const std::chrono::nanoseconds stale_after_;

  std::mutex absorbing_;  // Guards the next three; held for as long as a fit takes.
  ComponentTrend trend_;
  std::shared_ptr<const ComponentObservation> last_components_;
  ContainerLedger container_ledger_;

  mutable std::mutex reading_;  // Guards the next two; held for moments only.
  TrendReport report_;
  SteadyTime reported_at_{};
};

}  // namespace airflow_host
