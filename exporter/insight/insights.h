// The insights of one run, fed with every observation on its way to the board.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "collectors/broker/queue_lookup.h"
#include "collectors/collector.h"
#include "collectors/container/container_ledger.h"
#include "collectors/container/container_observation.h"
#include "collectors/metadata/task_lookup.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "exporter/insight/execution_settings.h"
#include "exporter/insight/host_insight.h"
#include "exporter/insight/kill_attribution.h"
#include "exporter/insight/kill_report.h"
#include "exporter/insight/reconcile.h"
#include "exporter/insight/sizing.h"
#include "exporter/insight/task_memory.h"
#include "exporter/insight/task_names.h"
#include "exporter/insight/trends.h"
#include "exporter/insight/visibility_timeout.h"

namespace airflow_host {

/// What the insights need to know.
struct InsightSettings {
  TrendSettings trend;
  ExecutionSettings execution = {};
  /// Where ids of task instances are asked for whose names are not known.
  std::shared_ptr<TaskLookup> task_lookup = std::make_shared<TaskLookup>();
  /// Where it is told which queues the broker should be asked about.
  std::shared_ptr<QueueLookup> queue_lookup = std::make_shared<QueueLookup>();
};

/// Holds what the insights remember. Safe to call from any thread; an observation of the host waits
/// for none but those who count kills.
class Insights {
 public:
  Insights(InsightSettings settings, const Clock& clock);

  /// Learns from `observation` and gives back what is to be published in its place: containers come
  /// back named by the component that runs in them, with what happened over their restarts;
  /// processes with the names of their tasks; the broker with the visibility timeout that holds by
  /// default; everything else as it is. `began` is when its reading began, which ends now.
  std::shared_ptr<const Observation> Absorb(std::shared_ptr<const Observation> observation,
                                            SteadyTime began);

  /// Adds what was learned, unless what it was learned from is older than four cadences.
  void Describe(MetricWriter& writer) const;

  /// How many workers and tasks fit, by the fresh observations in `sources` and by the memory of
  /// the last minute.
  Sizing Size(const SizingSources& sources) const;

  /// What is known of the kernel's kills; never null.
  std::shared_ptr<const KillReport> Kills() const;

  /// What comes of comparing the database with the broker, as far as it still holds.
  ReconcileReport Reconciled() const;

  /// What is remembered of the growth of memory.
  Trends& trends() { return trends_; }

 private:
  /// What is to be published in the place of `observation`.
  std::shared_ptr<const Observation> Refine(std::shared_ptr<const Observation> observation);
  std::shared_ptr<const Observation> Refine(std::shared_ptr<const ComponentObservation> components);
  std::shared_ptr<const Observation> Refine(const ContainerObservation& containers);

  /// The last walk over the processes; null where there is none, or it is stale.
  const ComponentObservation* FreshComponents(SteadyTime now) const;

  /// Lets the history of what the memory bears learn from a walk over all processes, in which the
  /// largest task of the day took `task_bytes`.
  void AbsorbForSizing(const ComponentObservation& components,
                       std::optional<std::uint64_t> task_bytes, SteadyTime now);

  /// Lets the trends learn from `observation`, which is as it will be published.
  void AbsorbForTrends(const Observation& observation);

  /// Compares the database with the broker.
  void AbsorbForReconcile(const std::shared_ptr<const Observation>& observation, SteadyTime began);

  /// Lets the kills learn from `observation`, which is as it will be published.
  void AbsorbForKills(const Observation& observation);

  const Clock& clock_;
  const ExecutionSettings execution_;
  const std::chrono::nanoseconds stale_after_;             // Of what is learned from processes.
  const std::chrono::nanoseconds containers_stale_after_;  // The same of containers.
  const std::shared_ptr<QueueLookup> queue_lookup_;
  HostInsight host_;
  Trends trends_;

  std::mutex absorbing_;  // Guards the next nine.
  std::shared_ptr<const ContainerObservation> last_containers_;
  SteadyTime last_containers_at_{};
  std::shared_ptr<const ComponentObservation> last_components_;
  SteadyTime last_components_at_{};
  TaskNames task_names_;
  TaskMemory task_memory_;
  ContainerLedger container_ledger_;
  VisibilityTimeoutDefault visibility_timeout_;
  Reconcile reconcile_;

  std::mutex counting_;  // Guards the next one; held for moments only, also with absorbing_ held.
  KillAttribution kills_;

  mutable std::mutex reading_;  // Guards what is described; held for moments only.
  TaskMemoryReport task_report_;
  CapacityHistory capacity_;
  SteadyTime task_reported_at_{};
  DatedReconcileReport reconcile_report_;
  std::shared_ptr<const KillReport> kill_report_ = std::make_shared<const KillReport>();
};

}  // namespace airflow_host
