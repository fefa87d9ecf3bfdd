// Takes from the observations what is compared.
#include "exporter/insight/reconcile_snapshot.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "collectors/support/release.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

template <typename... Parts>
ReconcileKey KeyOf(const Parts&... parts) {
  ReconcileKey key = 0;
  const auto mix = [&key](std::uint64_t hash) {
    key ^= hash + 0x9e3779b97f4a7c15U + (key << 6U) + (key >> 2U);
  };
  (mix(std::hash<Parts>{}(parts)), ...);
  return key;
}

std::int64_t Ticks(const std::optional<SystemTime>& time) {
  return time ? time->time_since_epoch().count() : 0;
}

/// The same for one try of a task instance. A task that was deferred and goes on keeps its try.
ReconcileKey KeyOfTry(const TaskRow& row) {
  return KeyOf(row.task_instance_id, row.dag_id, row.task_id, row.run_id,
               row.map_index.value_or(-1), row.try_number.value_or(-1), Ticks(row.queued_at));
}

ReconcileKey KeyOfRun(const TaskRow& row) {
  return KeyOf(KeyOfTry(row), row.hostname, row.pid.value_or(-1), Ticks(row.started_at));
}

/// "3.3.0-3.3.x" and ">=3.3.0" are, "3.2.0-3.2.x" is not.
bool IsFrom33On(std::string_view range) {
  const auto release = ParseRelease(range);
  return release && *release >= Release{3, 3, 0};
}

void Count(const TaskInstanceCount& row, Celerys celerys, DatabaseSnapshot& snapshot) {
  const bool queued = row.state == "queued";
  if (!queued && row.state != "running") return;
  if (row.OfOthers() && row.count > 0) {
    snapshot.all_queues_named = false;
  }
  if (celerys == Celerys::kNo) {
    if (snapshot.heartbeat_lost && row.heartbeat_lost) {
      *snapshot.heartbeat_lost -= std::min(*snapshot.heartbeat_lost, *row.heartbeat_lost);
    }
    return;
  }
  (queued ? snapshot.queued_anyhow : snapshot.running_anyhow) += row.count;
  if (celerys == Celerys::kPerhaps) return;
  QueueRows& queue = snapshot.queues[row.queue];
  if (celerys == Celerys::kUnknown) {
    (queued ? queue.queued_unknown : snapshot.running_unknown) += row.count;
  } else if (queued) {
    queue.queued += row.count;
    queue.queued_beyond_grace += row.queued_beyond_grace;
  } else {
    queue.running += row.count;
    snapshot.running += row.count;
  }
}

void List(const TaskRow& row, Celerys celerys, const std::optional<SystemTime>& now,
          DatabaseSnapshot& snapshot) {
  if (celerys == Celerys::kNo) return;
  if (row.external_executor_id.empty()) {
    ++snapshot.rows_without_id;
  } else {
    snapshot.message_ids.insert_or_assign(KeyOfId(row.external_executor_id),
                                          row.state == "running");
  }
  if (celerys != Celerys::kYes) return;
  if (row.state == "running") {
    snapshot.running_rows[KeyOfRun(row)] = {row.queue, ShortHostName(row.hostname), row.queued_at};
    return;
  }
  const bool beyond_grace = now && row.queued_at && *now - *row.queued_at > kQueuedGrace;
  snapshot.queued.push_back(
      {row.queue, KeyOfTry(row), row.external_executor_id, row.queued_at, beyond_grace});
}

}  // namespace

std::string ShortHostName(std::string_view name) {
  name.remove_prefix(name.find('@') + 1);  // Of a worker's name.
  return Lower(name.substr(0, name.find('.')));
}

ReconcileKey KeyOfId(const std::string& id) { return KeyOf(id); }

std::optional<DatabaseSnapshot> SnapshotOf(const MetadataObservation& observation,
                                           const CeleryTasks& celerys, ObservationSpan span) {
  if (observation.task_instances.empty()) return std::nullopt;
  DatabaseSnapshot snapshot;
  snapshot.span = span;
  snapshot.heartbeat_lost = observation.task_instances_heartbeat_lost;
  snapshot.ids_are_message_ids = IsFrom33On(observation.airflow_version.value_or(""));
  std::uint64_t counted = 0;
  for (const TaskInstanceCount& row : observation.task_instances) {
    Count(row, celerys.Sort(row.executor, row.queue), snapshot);
    if (row.state == "queued" || row.state == "running") counted += row.count;
  }
  std::uint64_t listed = 0;
  for (const TaskRow& row : observation.tasks) {
    if (row.state != "queued" && row.state != "running") continue;
    ++listed;
    List(row, celerys.Sort(row.executor, row.queue), observation.database_time, snapshot);
  }
  snapshot.all_rows_listed = listed >= counted && listed < MetadataObservation::kMostTasks;
  return snapshot;
}

BrokerSnapshot SnapshotOf(std::shared_ptr<const BrokerObservation> observation,
                          ObservationSpan span) {
  BrokerSnapshot snapshot;
  snapshot.span = span;
  for (const BrokerQueue& queue : observation->queues) {
    if (!queue.messages) {
      snapshot.all_queues_counted = false;
      continue;
    }
    snapshot.messages[queue.name] = *queue.messages;
    snapshot.waiting += *queue.messages;
  }
  if (observation->workers) {
    snapshot.active = 0;
    for (const BrokerWorker& worker : *observation->workers) {
      if (!worker.live) continue;
      ++snapshot.live_workers;
      if (!worker.active) snapshot.active.reset();
      if (snapshot.active) *snapshot.active += *worker.active;
    }
  }
  snapshot.seen = std::move(observation);
  return snapshot;
}

std::optional<std::uint64_t> StartedBetween(const BrokerSnapshot& earlier,
                                            const BrokerSnapshot& later) {
  if (!earlier.seen->workers || !later.seen->workers) return std::nullopt;
  if (earlier.live_workers != later.live_workers) return std::nullopt;
  std::map<std::string_view, std::optional<std::uint64_t>> before;
  for (const BrokerWorker& worker : *earlier.seen->workers) {
    if (worker.live) before[worker.name] = worker.processed;
  }
  std::uint64_t started = 0;
  for (const BrokerWorker& worker : *later.seen->workers) {
    if (!worker.live) continue;
    const auto known = before.find(worker.name);
    if (known == before.end() || !known->second || !worker.processed) return std::nullopt;
    if (*worker.processed < *known->second) return std::nullopt;  // It was restarted.
    started += *worker.processed - *known->second;
  }
  return started;
}

}  // namespace airflow_host
