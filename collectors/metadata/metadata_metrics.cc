// Names, help texts and labels of the metadata database's metrics.
#include "collectors/metadata/metadata_metrics.h"

#include <array>
#include <cstddef>
#include <string>

namespace airflow_host {
namespace {

using prometheus::MetricType;

enum Metric : std::size_t {
  kUp,
  kInfo,
  kQuerySeconds,
  kTaskInstances,
  kOldest,
  kOverdue,
  kHeartbeatLost,
  kDagRuns,
  kOldestQueuedDagRun,
  kDags,
  kImportErrors,
  kDagVersions,
  kTriggers,
  kPoolSlots,
  kHeartbeat,
  kAlive,
  kConnections,
  kConnectionsMax,
  kConnectionFailures,
  kLongestTransaction,
  kDatabaseSize,
  kDeadlocks,
  kServerStart,
  kMetricCount,
};

constexpr std::array<MetricDescription, kMetricCount> kMetrics = {{
    {"airflow_metadata_up",
     "Whether the metadata database answered when it was last asked (1) or not (0). It also "
     "answers "
     "where it refuses the query, or gives it up at the query's own limits (0.5 s for a lock, 2 s "
     "in "
     "all): then airflow_host_exporter_collector_success is 0."},
    {"airflow_metadata_info",
     "Schema revision of the metadata database (table alembic_version) and the releases of Airflow "
     "that have it; always 1."},
    {"airflow_metadata_query_seconds",
     "How long the one query for all of airflow_metadata_* took when it was last sent."},
    {"airflow_metadata_task_instances",
     "Task instances in each active state (table task_instance), sampled every few seconds. "
     "Executor is empty for the default one; of the pairs of queue and executor those beyond the "
     "first 50 are counted as other, in both labels."},
    {"airflow_metadata_oldest_timestamp_seconds",
     "Since when the oldest task instance has been scheduled (known from Airflow 3.0 on), queued "
     "or running (table task_instance: scheduled_dttm, queued_dttm or start_date), sampled every "
     "few seconds. Absent without one."},
    {"airflow_metadata_task_instances_overdue",
     "Task instances in the state queued for longer than this Airflow lets them wait "
     "(task_queued_timeout, before 3.0 or what it replaced; table task_instance), sampled every "
     "few seconds. Absent before Airflow 2.6 unless stalled_task_timeout or "
     "--metadata.task-queued-timeout is set."},
    {"airflow_metadata_task_instances_heartbeat_lost",
     "Running task instances whose heartbeat has stayed away for longer than this Airflow allows "
     "(task_instance_heartbeat_timeout; tables task_instance, job), whichever scheduler queued "
     "them; "
     "sampled every few seconds."},
    {"airflow_metadata_dag_runs",
     "DAG runs in each active state (table dag_run), sampled every few seconds."},
    {"airflow_metadata_oldest_queued_dag_run_timestamp_seconds",
     "When the DAG run that has been queued for longest was queued (table dag_run), sampled every "
     "few seconds. Absent without one."},
    {"airflow_metadata_dags",
     "DAGs that are not stale, paused or active (table dag), sampled every few seconds."},
    {"airflow_metadata_import_errors",
     "DAG files that could not be imported (table import_error), counted up to 100,000, sampled "
     "every few seconds."},
    {"airflow_metadata_dag_versions",
     "Versions of DAGs that Airflow 3 keeps (table dag_version), counted up to 100,000, sampled "
     "every few seconds."},
    {"airflow_metadata_triggers",
     "Triggers of deferred tasks (table trigger), counted up to 100,000, sampled every few "
     "seconds."},
    {"airflow_metadata_pool_slots",
     "Slots of each pool (tables slot_pool, task_instance), sampled every few seconds. Counted in "
     "slots, not tasks; total and open are absent for a pool without limit. Pools beyond the first "
     "50 are summed up as pool other."},
    {"airflow_metadata_component_heartbeat_timestamp_seconds",
     "Last heartbeat of each component that calls itself running (table job, last day), of each "
     "the 20 hosts that were heard last, sampled every few seconds."},
    {"airflow_metadata_components_alive",
     "Components with a recent heartbeat by the rule and threshold of this Airflow (table job), "
     "sampled every few seconds. Before Airflow 3 dag_processor is absent where none has called "
     "itself running within the last day, as where the scheduler parses DAGs itself."},
    {"airflow_metadata_connections",
     "Sessions in the metadata database (pg_stat_activity), sampled every few seconds. State is "
     "unknown where the role may not see it: without pg_read_all_stats that of other roles' "
     "sessions, among which their parallel workers then count. Applications beyond the first 20 "
     "are other."},
    {"airflow_metadata_connections_max",
     "The server's max_connections, which all of its databases share."},
    {"airflow_metadata_connection_failures_total",
     "Attempts of this exporter to connect to the metadata database that failed.",
     MetricType::Counter},
    {"airflow_metadata_longest_transaction_timestamp_seconds",
     "When the oldest transaction of another session began (pg_stat_activity), sampled every few "
     "seconds. Absent without one, or where the role may not see it."},
    {"airflow_metadata_database_size_bytes",
     "Size of the metadata database on disk (pg_database_size), sampled every few seconds."},
    {"airflow_metadata_deadlocks_total",
     "Deadlocks in the metadata database since its statistics were reset (pg_stat_database).",
     MetricType::Counter},
    {"airflow_metadata_start_timestamp_seconds",
     "When the PostgreSQL server started (pg_postmaster_start_time)."},
}};

std::optional<double> Seconds(const std::optional<SystemTime>& time) {
  if (!time) return std::nullopt;
  return SecondsSinceEpoch(*time);
}

void DescribeTaskInstances(const MetadataObservation& seen, MetricWriter& writer) {
  for (const TaskInstanceCount& count : seen.task_instances) {
    writer.Add(kMetrics[kTaskInstances], static_cast<double>(count.count),
               {{"state", count.state}, {"queue", count.queue}, {"executor", count.executor}});
  }
  for (const OldestTaskInstance& oldest : seen.oldest) {
    writer.Add(kMetrics[kOldest], SecondsSinceEpoch(oldest.since),
               {{"state", oldest.state}, {"queue", oldest.queue}});
  }
  writer.Add(kMetrics[kOverdue], seen.task_instances_overdue, {{"state", "queued"}});
  writer.Add(kMetrics[kHeartbeatLost], seen.task_instances_heartbeat_lost);
}

void DescribeDags(const MetadataObservation& seen, MetricWriter& writer) {
  for (const DagRunCount& runs : seen.dag_runs) {
    writer.Add(kMetrics[kDagRuns], static_cast<double>(runs.count), {{"state", runs.state}});
  }
  writer.Add(kMetrics[kOldestQueuedDagRun], Seconds(seen.oldest_queued_dag_run));
  writer.Add(kMetrics[kDags], seen.dags_active, {{"state", "active"}});
  writer.Add(kMetrics[kDags], seen.dags_paused, {{"state", "paused"}});
  writer.Add(kMetrics[kImportErrors], seen.import_errors);
  writer.Add(kMetrics[kDagVersions], seen.dag_versions);
  writer.Add(kMetrics[kTriggers], seen.triggers);
}

void DescribePools(const MetadataObservation& seen, MetricWriter& writer) {
  const auto add = [&](const PoolSlots& pool, const char* state, const auto& slots) {
    writer.Add(kMetrics[kPoolSlots], slots, {{"pool", pool.pool}, {"state", state}});
  };
  for (const PoolSlots& pool : seen.pools) {
    add(pool, "total", pool.total);
    add(pool, "running", static_cast<double>(pool.running));
    add(pool, "queued", static_cast<double>(pool.queued));
    add(pool, "scheduled", static_cast<double>(pool.scheduled));
    add(pool, "deferred", static_cast<double>(pool.deferred));
    add(pool, "open", pool.open);
  }
}

void DescribeComponents(const MetadataObservation& seen, MetricWriter& writer) {
  for (const ComponentHeartbeat& heartbeat : seen.heartbeats) {
    writer.Add(kMetrics[kHeartbeat], SecondsSinceEpoch(heartbeat.at),
               {{"component", heartbeat.component}, {"hostname", heartbeat.hostname}});
  }
  for (const ComponentsAlive& alive : seen.alive) {
    writer.Add(kMetrics[kAlive], static_cast<double>(alive.count),
               {{"component", alive.component}});
  }
}

void DescribeServer(const MetadataObservation& seen, MetricWriter& writer) {
  for (const ConnectionCount& count : seen.connections) {
    writer.Add(kMetrics[kConnections], static_cast<double>(count.count),
               {{"application", count.application}, {"state", count.state}});
  }
  writer.Add(kMetrics[kConnectionsMax], seen.connections_max);
  writer.Add(kMetrics[kLongestTransaction], Seconds(seen.longest_transaction));
  writer.Add(kMetrics[kDatabaseSize], seen.database_size_bytes);
  writer.Add(kMetrics[kDeadlocks], seen.deadlocks);
  writer.Add(kMetrics[kServerStart], Seconds(seen.server_start));
}

}  // namespace

std::span<const MetricDescription> MetadataMetrics() { return kMetrics; }

void DescribeMetadata(const CollectorStatus& status, const MetadataObservation* observation,
                      MetricWriter& writer) {
  if (const auto up = status.Answers()) writer.Add(kMetrics[kUp], *up ? 1.0 : 0.0);
  writer.Add(kMetrics[kConnectionFailures], status.connection_failures);
  if (observation == nullptr) return;
  if (observation->revision) {
    writer.Add(kMetrics[kInfo], 1.0,
               {{"revision", *observation->revision},
                {"airflow_version", observation->airflow_version.value_or("")}});
  }
  writer.Add(kMetrics[kQuerySeconds],
             std::chrono::duration<double>(observation->query_duration).count());
  DescribeTaskInstances(*observation, writer);
  DescribeDags(*observation, writer);
  DescribePools(*observation, writer);
  DescribeComponents(*observation, writer);
  DescribeServer(*observation, writer);
}

}  // namespace airflow_host
