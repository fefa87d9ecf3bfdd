// The two systems as they are compared: what of an observation matters, and between which instants
// it was made. Plain values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/celery_tasks.h"
#include "exporter/insight/reconcile_lasting.h"

namespace airflow_host {

/// The time in which an observation was made; its snapshot is of some instant within.
struct ObservationSpan {
  SteadyTime began{};
  SteadyTime ended{};

  /// Every instant of it lies before every one of `other`.
  bool Before(const ObservationSpan& other) const { return ended <= other.began; }
};

/// The task instances of one queue that Celery's workers execute.
struct QueueRows {
  std::uint64_t queued = 0;
  std::uint64_t queued_beyond_grace = 0;
  std::uint64_t running = 0;
  /// Others that are queued, of which it is not known whether they are Celery's.
  std::uint64_t queued_unknown = 0;
};

/// One task instance that is queued for Celery's workers.
struct QueuedRow {
  std::string queue;
  ReconcileKey key = 0;    ///< Of this try, queued at that time.
  std::string message_id;  ///< Empty: not known.
  std::optional<SystemTime> queued_at;
  bool beyond_grace = false;
};

/// One task instance that Celery's workers run.
struct RunningRow {
  std::string queue;
  std::string host;  ///< As ShortHostName gives it; empty: not known.
  std::optional<SystemTime> queued_at;
};

/// The metadata database at one instant.
struct DatabaseSnapshot {
  ObservationSpan span;
  std::map<std::string, QueueRows> queues;  ///< Celery's, by queue.
  std::uint64_t running = 0;                ///< Celery's of all queues.
  std::uint64_t running_anyhow = 0;         ///< With those whose executor is not certain.
  std::uint64_t queued_anyhow = 0;          ///< The same for queued ones.
  /// Of running_anyhow, those of which it is not known whether they are Celery's.
  std::uint64_t running_unknown = 0;
  /// Running without a heartbeat, less those that another executor is known to run.
  std::optional<std::uint64_t> heartbeat_lost;
  /// Every queue is counted by its own name; else some are in "other".
  bool all_queues_named = true;
  /// `queued` and `running_rows` hold every task instance that was counted.
  bool all_rows_listed = false;
  /// external_executor_id is the id of the message, given before it is sent (from Airflow 3.3 on).
  bool ids_are_message_ids = false;
  std::vector<QueuedRow> queued;  ///< Celery's.
  /// Celery's, by a hash of this try in that process.
  std::unordered_map<ReconcileKey, RunningRow> running_rows;
  /// Messages of all that are queued or running, by hashes of their ids; true: it is running.
  std::unordered_map<ReconcileKey, bool> message_ids;
  std::uint64_t rows_without_id = 0;  ///< Queued or running, with no id among `message_ids`.

  /// Those of `queue`; all 0 where it has none.
  QueueRows RowsOf(const std::string& queue) const {
    const auto found = queues.find(queue);
    return found != queues.end() ? found->second : QueueRows{};
  }
};

/// The broker at one instant.
struct BrokerSnapshot {
  ObservationSpan span;
  std::shared_ptr<const BrokerObservation> seen;
  std::map<std::string, std::uint64_t> messages;  ///< Waiting, of the queues that were counted.
  std::uint64_t waiting = 0;                      ///< The sum of these.
  bool all_queues_counted = true;
  std::uint64_t live_workers = 0;
  /// Tasks that live workers execute; absent where the workers are not known, or one does not say.
  std::optional<std::uint64_t> active;
};

/// Snapshots of both in turn: broker, database, broker, database. What was there in the first and
/// the last was there in between, whatever else came and went.
struct ReconcilePair {
  const BrokerSnapshot* earlier_broker = nullptr;      ///< May be null.
  const DatabaseSnapshot* earlier_database = nullptr;  ///< May be null.
  const BrokerSnapshot& broker;
  const DatabaseSnapshot& database;
  SteadyTime now{};  ///< When the last of them was made.
  /// Tasks that each live worker runs at once at the least; absent where that is not known.
  std::optional<std::uint32_t> least_concurrency = std::nullopt;
};

/// What a worker's host and a task instance's are compared by: "worker-0" of "celery@worker-0" and
/// of "worker-0.airflow.svc.cluster.local". Any thread.
std::string ShortHostName(std::string_view name);

/// The hash by which an id is compared.
ReconcileKey KeyOfId(const std::string& id);

/// Nothing where the observation has no counts of task instances. Any thread.
std::optional<DatabaseSnapshot> SnapshotOf(const MetadataObservation& observation,
                                           const CeleryTasks& celerys, ObservationSpan span);

/// `observation` is not null. Any thread.
BrokerSnapshot SnapshotOf(std::shared_ptr<const BrokerObservation> observation,
                          ObservationSpan span);

/// Tasks that workers began between two snapshots. Nothing where the live workers are not the same
/// ones, or do not tell. Pure.
std::optional<std::uint64_t> StartedBetween(const BrokerSnapshot& earlier,
                                            const BrokerSnapshot& later);

}  // namespace airflow_host
