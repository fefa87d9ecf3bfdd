// The insights of one run, fed with every observation on its way to the board.
#pragma once

#include <memory>
#include <mutex>

#include "collectors/collector.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "exporter/insight/trends.h"

namespace airflow_host {

/// Holds what the insights remember. Safe to call from any thread.
class Insights {
 public:
  Insights(const TrendSettings& trend, const Clock& clock) : trends_(trend, clock) {}

  /// Learns from `observation` and gives back what is to be published in its place: containers come
  /// back named by the component that runs in them, everything else as it is.
  std::shared_ptr<const Observation> Absorb(std::shared_ptr<const Observation> observation);

  /// Adds what was learned, unless what it was learned from is older than four cadences.
  void Describe(MetricWriter& writer) const;

  /// What is remembered of the growth of memory.
  Trends& trends() { return trends_; }

 private:
  Trends trends_;

  std::mutex absorbing_;  // Guards the next one.
  std::shared_ptr<const ComponentObservation> last_components_;
};

}  // namespace airflow_host
