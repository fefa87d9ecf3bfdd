// Which parts the statement has, and why each is cheap. Indexes: airflow/models/taskinstance.py,
// dagrun.py and jobs/job.py of Airflow.
#include "collectors/metadata/metadata_query.h"

#include <utility>

#include "collectors/metadata/metadata_observation.h"
#include "collectors/metadata/query_parts.h"
#include "collectors/metadata/task_query.h"
#include "collectors/metadata/task_queues.h"

namespace airflow_host {
namespace {

/// Clients' sessions in this database. PostgreSQL hides the type of other roles' backends from a
/// role without pg_read_all_stats, but not whose they are: autovacuum's workers are nobody's. What
/// else a role has there (its parallel workers) then passes for its sessions.
constexpr const char* kSessions =
    "FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL"
    " AND coalesce(backend_type, 'client backend') = 'client backend'";

/// What PostgreSQL itself tells every role.
void AddServer(QueryParts& parts) {
  parts.Add(
      section::kServer, {},
      {Epoch("pg_postmaster_start_time()"), "current_setting('max_connections')", Epoch("now()")},
      "");
  parts.Add(section::kDatabase, {}, {"deadlocks", "pg_database_size(current_database())"},
            "FROM pg_stat_database WHERE datname = current_database()");
  const std::string sessions = kSessions;
  parts.Add(section::kLongestTransaction, {}, {Epoch("min(xact_start)")},
            sessions + " AND pid <> pg_backend_pid()");
  parts.Add(section::kConnections, {"coalesce(application_name, '')", "coalesce(state, 'unknown')"},
            {"count(*)"}, sessions + " GROUP BY 2, 3 ORDER BY count(*) DESC" + Limit());
}

void AddRevision(QueryParts& parts) {
  if (!parts.Readable("the version of Airflow", "alembic_version", {"version_num"})) return;
  parts.Add(section::kRevision, {"version_num"}, {}, std::string(kOneRevision));
}

constexpr const char* kTaskInstance = "task_instance";

/// Since when a task instance has been in its state, where a column of it tells.
std::string SinceWhen(QueryParts& parts) {
  std::string since = "CASE state WHEN 'queued' THEN queued_dttm WHEN 'running' THEN start_date";
  if (parts.ReadableIfThere("ages of scheduled task instances", kTaskInstance, "scheduled_dttm")) {
    since.append(" WHEN 'scheduled' THEN scheduled_dttm");  // Airflow 3.0
  }
  return since.append(" END");
}

/// Airflow 3's rule (_find_task_instances_without_heartbeats in
/// airflow/jobs/scheduler_job_runner.py) without its "queued by this scheduler": so those of a
/// scheduler that is gone, which nobody will end, are seen.
std::string CountHeartbeatsLost(QueryParts& parts, const Thresholds& thresholds) {
  if (!parts.ReadableIfThere("heartbeats of task instances", kTaskInstance, "last_heartbeat_at")) {
    return "NULL";
  }
  parts.query().reads_lost_heartbeats = true;
  return "count(*) FILTER (WHERE state IN ('running', 'restarting') AND " +
         Before("last_heartbeat_at", thresholds.task_heartbeat) + ")";
}

std::string CountQueuedLongerThan(std::chrono::milliseconds age) {
  return "count(*) FILTER (WHERE state = 'queued' AND " + Before("queued_dttm", age) + ")";
}

/// The active states as a list of SQL strings.
std::string ActiveStates() {
  std::string list;
  for (const std::string_view state : kActiveStates) {
    list.append(list.empty() ? "'" : ", '").append(state).append("'");
  }
  return list;
}

/// By ti_state(state): active rows are few however many have finished. `state IS NULL` is left out:
/// it may be every task that was never reached, in every run there ever was. Numbers: count,
/// oldest, overdue, heartbeats lost (Airflow 3), queued beyond the grace.
void AddTaskInstances(QueryParts& parts, const Thresholds& thresholds) {
  if (!parts.Readable("task instances", kTaskInstance,
                      {"state", "queue", "queued_dttm", "start_date"})) {
    return;
  }
  parts.query().reads_task_instances = true;
  parts.query().reads_overdue = thresholds.queued.has_value();
  const bool has_executor =
      parts.ReadableIfThere("executors of task instances", kTaskInstance, "executor");
  parts.Add(section::kTaskInstances,
            {"state", "coalesce(queue, '')", has_executor ? "coalesce(executor, '')" : "''"},
            {"count(*)", Epoch("min(" + SinceWhen(parts) + ")"),
             thresholds.queued ? CountQueuedLongerThan(*thresholds.queued) : "NULL",
             CountHeartbeatsLost(parts, thresholds), CountQueuedLongerThan(kQueuedGrace)},
            "FROM task_instance WHERE state IN (" + ActiveStates() +
                ") GROUP BY 2, 3, 4 ORDER BY count(*) DESC" + Limit());
}

/// Airflow 2's rule (_find_zombies in airflow/jobs/scheduler_job_runner.py, in 2.2 in
/// dag_processing/manager.py), again without "queued by this scheduler": there the heartbeat is
/// that of a job. A subquery for each of the few task instances that run finds it by its primary
/// key; a join would leave the planner free to read the whole table, which has a row for every try
/// ever made.
void AddHeartbeatLost(QueryParts& parts, const Thresholds& thresholds) {
  constexpr const char* kWhat = "lost heartbeats of task instances";
  if (!parts.Has("task_instance", "job_id")) return;
  if (!parts.Readable(kWhat, "task_instance", {"state", "job_id"}) ||
      !parts.Readable(kWhat, "job", {"id", "job_type", "state", "latest_heartbeat"})) {
    return;
  }
  parts.Add(section::kHeartbeatLost, {}, {"count(*)"},
            "FROM task_instance WHERE state = 'running' AND"
            " (SELECT job.state <> 'running'"
            " OR " +
                Before("job.latest_heartbeat", thresholds.task_heartbeat) +
                " FROM job WHERE job.id = task_instance.job_id AND job.job_type = 'LocalTaskJob')");
}

/// As airflow/models/pool.py slots_stats; by ti_state or ti_pool.
void AddPools(QueryParts& parts) {
  if (!parts.Readable("pools", "slot_pool", {"id", "pool", "slots"}) ||
      !parts.Readable("pools", "task_instance", {"pool", "pool_slots", "state"})) {
    return;
  }
  const bool deferred = parts.ReadableIfThere("whether pools count deferred tasks", "slot_pool",
                                              "include_deferred");  // Airflow 2.7
  parts.Add(section::kPool, {"pool"}, {"slots", deferred ? "include_deferred::int" : "0"},
            "FROM slot_pool ORDER BY id" + Limit());
  parts.Add(section::kPoolUse, {"pool", "state"}, {"sum(pool_slots)"},
            "FROM task_instance WHERE state IN ('running', 'queued', 'scheduled', 'deferred')"
            " GROUP BY pool, state ORDER BY sum(pool_slots) DESC" +
                Limit());
}

/// By idx_dag_run_queued_dags and idx_dag_run_running_dags, which are partial: a state each, for
/// `state IN (...)` would use neither.
void AddDagRuns(QueryParts& parts) {
  if (!parts.Readable("DAG runs", "dag_run", {"state", "queued_at"})) return;
  parts.Add(section::kDagRuns, {"'queued'"}, {"count(*)", Epoch("min(queued_at)")},
            "FROM dag_run WHERE state = 'queued'");
  parts.Add(section::kDagRuns, {"'running'"}, {"count(*)"}, "FROM dag_run WHERE state = 'running'");
}

/// Tables that are small by nature, or whose rows are counted up to a limit only.
void AddSmallTables(QueryParts& parts) {
  // Airflow 3.0 turned dag.is_active into its opposite, dag.is_stale.
  const bool stale = parts.Has("dag", "is_stale");
  if (parts.Readable("DAGs", "dag", {"is_paused", stale ? "is_stale" : "is_active"})) {
    parts.Add(
        section::kDags, {},
        {"count(*) FILTER (WHERE is_paused IS NOT TRUE)", "count(*) FILTER (WHERE is_paused)"},
        stale ? "FROM dag WHERE NOT is_stale" : "FROM dag WHERE is_active");
  }
  const auto count = [&](std::string_view section, const char* what, const std::string& table) {
    if (!parts.Readable(what, table, {"id"})) return;
    parts.Add(section, {}, {"count(*)"},
              "FROM (SELECT 1 FROM " + table + " LIMIT 100000) AS counted");
  };
  count(section::kImportErrors, "import errors", "import_error");
  count(section::kTriggers, "triggers", "trigger");
  if (parts.Has("task_instance", "dag_version_id")) {  // Airflow 3.0
    count(section::kDagVersions, "DAG versions", "dag_version");
  }
}

/// By job_type_heart(job_type, latest_heartbeat): rows of jobs are never deleted by Airflow,
/// and 2.x has one per try of every task, so only the last day is looked at. A part for each type
/// keeps the limit each type's own. Alive: numbers: those within the threshold, those of the day.
void AddJobs(QueryParts& parts, const Thresholds& thresholds) {
  if (!parts.Readable("heartbeats of components", "job",
                      {"job_type", "state", "latest_heartbeat", "hostname"})) {
    return;
  }
  const std::pair<const char*, std::chrono::milliseconds> types[] = {
      {"'SchedulerJob'", thresholds.scheduler},
      {"'TriggererJob'", thresholds.triggerer},
      {"'DagProcessorJob'", thresholds.dag_processor}};
  for (const auto& [type, threshold] : types) {
    const std::string from = std::string("FROM job WHERE job_type = ") + type +
                             " AND state = 'running'"
                             " AND latest_heartbeat > now() - interval '1 day'";
    parts.Add(section::kHeartbeat, {type, "coalesce(hostname, '')"},
              {Epoch("max(latest_heartbeat)")},
              from + " GROUP BY 3 ORDER BY max(latest_heartbeat) DESC LIMIT 20");
    parts.Add(
        section::kAlive, {type},
        {"count(*) FILTER (WHERE NOT " + Before("latest_heartbeat", threshold) + ")", "count(*)"},
        from);
  }
}

}  // namespace

MetadataQuery BuildMetadataQuery(const SchemaColumns& columns, std::string_view schema,
                                 const Thresholds& thresholds) {
  QueryParts parts(columns, TransactionPreamble(schema));
  AddServer(parts);
  AddRevision(parts);
  AddTaskInstances(parts, thresholds);
  AddHeartbeatLost(parts, thresholds);
  AddPools(parts);
  AddDagRuns(parts);
  AddSmallTables(parts);
  AddJobs(parts, thresholds);
  AddTasks(parts);
  return std::move(parts.query());
}

}  // namespace airflow_host
