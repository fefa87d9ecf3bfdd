// The insights of one run, fed with every observation on its way to the board.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "collectors/collector.h"
#include "collectors/metadata/task_lookup.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "exporter/insight/kill_attribution.h"
#include "exporter/insight/kill_report.h"
#include "exporter/insight/task_memory.h"
#include "exporter/insight/task_names.h"
#include "exporter/insight/trend_component.h"

namespace airflow_host {

/// Holds what the insights remember. Safe to call from any thread.
class Insights {
 public:
  /// `task_lookup`: where ids of task instances are asked for whose names are not known.
  Insights(ComponentTrendSettings trend, std::shared_ptr<TaskLookup> task_lookup,
           const Clock& clock);

  /// Learns from `observation` and gives back what is to be published in its place: containers come
  /// back named by the component that runs in them, processes with the names of their tasks,
  /// everything else as it is.
  std::shared_ptr<const Observation> Absorb(std::shared_ptr<const Observation> observation);

  /// Adds what was learned, unless what it was learned from is older than four cadences.
  void Describe(MetricWriter& writer) const;

  /// What is known of the kernel's kills; never null.
  std::shared_ptr<const KillReport> Kills() const;

 private:
  /// What is to be published in the place of `observation`, from which the trends learn.
  std::shared_ptr<const Observation> Refine(std::shared_ptr<const Observation> observation);

  /// Lets the kills learn from `observation`, which is as it will be published.
  void AbsorbForKills(const Observation& observation, SteadyTime now);

  const Clock& clock_;
  const std::chrono::nanoseconds stale_after_;

  std::mutex absorbing_;  // Guards what was learned; held for as long as a fit takes.
  ComponentTrend trend_;
  std::shared_ptr<const ComponentObservation> last_components_;
  TaskNames task_names_;
  TaskMemory task_memory_;
  KillAttribution kills_;

  mutable std::mutex reading_;  // Guards what is described; held for moments only.
  TrendReport report_;
  TaskMemoryReport task_report_;
  SteadyTime reported_at_{};
  std::shared_ptr<const KillReport> kill_report_ = std::make_shared<const KillReport>();
};

}  // namespace airflow_host
