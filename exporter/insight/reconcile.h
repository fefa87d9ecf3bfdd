// Compares the metadata database with the broker: which tasks are lost, which run in nobody's
// hands, which messages are nobody's, and whether work flows. The rules stand with each judge:
// reconcile_lost.h, reconcile_running.h, reconcile_messages.h, reconcile_flow.h.
//
// The two are read at different instants, so no two observations are compared as they are. A pair
// is an observation of the broker and the first one of the database that began after it had ended,
// by no more than kMostApart; between two pairs lie at least kLeastBetweenPairs. What differs
// counts once it has differed in every pair for kDifferenceLasts.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "collectors/broker/broker_observation.h"
#include "collectors/component/component_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/celery_tasks.h"
#include "exporter/insight/execution_settings.h"
#include "exporter/insight/reconcile_flow.h"
#include "exporter/insight/reconcile_lost.h"
#include "exporter/insight/reconcile_messages.h"
#include "exporter/insight/reconcile_report.h"
#include "exporter/insight/reconcile_running.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// A report and what it was made from, so that what is old is not shown as if it were now.
struct DatedReconcileReport {
  /// How old the two sources, and the last pair of them, may be: four cadences of 15 s.
  static constexpr std::chrono::seconds kPatience{60};

  ReconcileReport report;
  std::optional<SteadyTime> database_at;
  std::optional<SteadyTime> broker_at;
  std::optional<SteadyTime> paired_at;

  /// What of the report still holds at `now`: nothing where the database was last seen too long
  /// ago, no more than what the database tells alone where the broker was. Pure; any thread.
  ReconcileReport FreshAt(SteadyTime now) const;
};

/// Remembers the last snapshots and what has differed for how long. Used by one thread.
class Reconcile {
 public:
  /// By how much the database may be read after the broker: half the grace of what is queued.
  static constexpr std::chrono::seconds kMostApart{30};
  /// So that what is remembered is bounded however often the sources are read.
  static constexpr std::chrono::seconds kLeastBetweenPairs{5};

  explicit Reconcile(ExecutionSettings settings);

  /// Takes over an observation of the database. `components`: what runs on this host meanwhile;
  /// null where that is not known.
  void Absorb(const MetadataObservation& observation, ObservationSpan span,
              const ComponentObservation* components);

  /// Takes over an observation of the broker. Where it is another server than before, or the same
  /// after a restart, all differences begin anew; what was learned of the workers is kept.
  void Absorb(std::shared_ptr<const BrokerObservation> observation, ObservationSpan span);

  /// What comes of it. Allocates.
  DatedReconcileReport Report() const;

 private:
  struct Judges {
    LostTaskJudge lost;
    PhantomJudge running;
    MessageJudge messages;
    FlowJudge flow;
  };

  /// Forgets for how long anything has differed.
  void BeginAnew();
  /// The broker's snapshot that the newest one of the database makes a pair with; null for none.
  const BrokerSnapshot* Partner() const;
  void Judge(const BrokerSnapshot& broker, const ComponentObservation* components);

  const ExecutionSettings settings_;
  CeleryTasks celerys_;
  std::deque<DatabaseSnapshot> databases_;  ///< In their order; at most three.
  std::deque<BrokerSnapshot> brokers_;      ///< In their order; at most four.
  bool broker_came_last_ = false;
  std::optional<SteadyTime> paired_until_;  ///< When the last pair's snapshot of the broker began.
  std::optional<std::uint64_t> heartbeat_lost_;
  std::optional<SteadyTime> database_at_;
  std::optional<SteadyTime> broker_at_;
  std::optional<SteadyTime> paired_at_;
  Judges judges_;
};

}  // namespace airflow_host
