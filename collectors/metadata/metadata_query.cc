// Which parts the statement has, and why each is cheap. Indexes: airflow/models/taskinstance.py,
// dagrun.py and jobs/job.py of Airflow.
#include "collectors/metadata/metadata_query.h"

#include <utility>

#include "collectors/metadata/metadata_observation.h"
#include "collectors/metadata/query_parts.h"
#include "collectors/metadata/task_query.h"

namespace airflow_host {
namespace {

/// What PostgreSQL itself tells every role.
void AddServer(QueryParts& parts) {
  parts.Add(section::kServer, {},
            {Epoch("pg_postmaster_start_time()"), "current_setting('max_connections')"}, "");
  parts.Add(section::kDatabase, {}, {"deadlocks", "pg_database_size(current_database())"},
            "FROM pg_stat_database WHERE datname = current_database()");
  const std::string sessions =
      "FROM pg_stat_activity WHERE datname = current_database()"
      " AND backend_type = 'client backend'";
  parts.Add(section::kLongestTransaction, {}, {Epoch("min(xact_start)")},
            sessions + " AND pid <> pg_backend_pid()");
  parts.Add(section::kConnections, {"coalesce(application_name, '')", "coalesce(state, 'unknown')"},
            {"count(*)"}, sessions + " GROUP BY 2, 3 ORDER BY count(*) DESC" + Limit());
}

void AddRevision(QueryParts& parts) {
  if (!parts.Readable("the version of Airflow", "alembic_version", {"version_num"})) return;
  parts.Add(section::kRevision, {"version_num"}, {}, "FROM alembic_version");
}

/// By ti_state(state): active rows are few however many have finished. `state IS NULL` is left out:
/// it may be every task that was never reached, in every run there ever was. Numbers: count,
/// oldest, overdue, heartbeats lost (Airflow 3), queued beyond the grace.
void AddTaskInstances(QueryParts& parts) {
  constexpr const char* kTable = "task_instance";
  if (!parts.Readable("task instances", kTable, {"state", "queue", "queued_dttm", "start_date"})) {
    return;
  }
  parts.query().reads_task_instances = true;
  std::string since = "CASE state WHEN 'queued' THEN queued_dttm WHEN 'running' THEN start_date";
  if (parts.ReadableIfThere("ages of scheduled task instances", kTable, "scheduled_dttm")) {
    since.append(" WHEN 'scheduled' THEN scheduled_dttm");  // Airflow 3.0
  }
  since.append(" END");
  std::string executor = "''";
  if (parts.ReadableIfThere("executors of task instances", kTable, "executor")) {
    executor = "coalesce(executor, '')";  // Airflow 2.10
  }
  // airflow/jobs/scheduler_job_runner.py, _find_task_instances_without_heartbeats, without its
  // "queued by this scheduler".
  std::string lost = "NULL";
  if (parts.ReadableIfThere("heartbeats of task instances", kTable, "last_heartbeat_at")) {
    parts.query().reads_lost_heartbeats = true;
    lost =
        "count(*) FILTER (WHERE state IN ('running', 'restarting')"
        " AND last_heartbeat_at < now() - interval '300 seconds')";  // Airflow 3.0
  }
  parts.Add(
      section::kTaskInstances, {"state", "coalesce(queue, '')", executor},
      {"count(*)", Epoch("min(" + since + ")"),
       "count(*) FILTER (WHERE state = 'queued'"
       " AND queued_dttm < now() - interval '600 seconds')",
       lost,
       "count(*) FILTER (WHERE state = 'queued' AND " + Before("queued_dttm", kQueuedGrace) + ")"},
      "FROM task_instance WHERE state IN ('scheduled', 'queued', 'running', 'deferred',"
      " 'up_for_retry', 'up_for_reschedule', 'restarting')"
      " GROUP BY 2, 3, 4 ORDER BY count(*) DESC" +
          Limit());
}

/// Airflow 2's rule (_find_zombies in airflow/jobs/scheduler_job_runner.py), again without "queued
/// by this scheduler": there the heartbeat is that of a job. A subquery for each of the few task
/// instances that run finds it by its primary key; a join would leave the planner free to read the
/// whole table, which has a row for every try ever made.
void AddHeartbeatLost(QueryParts& parts) {
  constexpr const char* kWhat = "lost heartbeats of task instances";
  if (!parts.Has("task_instance", "job_id")) return;
  if (!parts.Readable(kWhat, "task_instance", {"state", "job_id"}) ||
      !parts.Readable(kWhat, "job", {"id", "job_type", "state", "latest_heartbeat"})) {
    return;
  }
  parts.Add(section::kHeartbeatLost, {}, {"count(*)"},
            "FROM task_instance WHERE state = 'running' AND"
            " (SELECT job.state <> 'running'"
            " OR job.latest_heartbeat < now() - interval '300 seconds'"
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
/// keeps the limit each type's own. Airflow's thresholds differ by version, which is known only
/// with the rows: both are counted.
void AddJobs(QueryParts& parts) {
  if (!parts.Readable("heartbeats of components", "job",
                      {"job_type", "state", "latest_heartbeat", "hostname"})) {
    return;
  }
  for (const char* type : {"'SchedulerJob'", "'TriggererJob'", "'DagProcessorJob'"}) {
    const std::string from = std::string("FROM job WHERE job_type = ") + type +
                             " AND state = 'running'"
                             " AND latest_heartbeat > now() - interval '1 day'";
    parts.Add(section::kHeartbeat, {type, "coalesce(hostname, '')"},
              {Epoch("max(latest_heartbeat)")},
              from + " GROUP BY 3 ORDER BY max(latest_heartbeat) DESC LIMIT 20");
    parts.Add(
        section::kAlive, {type},
        {"count(*) FILTER (WHERE latest_heartbeat > now() - interval '30 seconds')",
         "count(*) FILTER (WHERE latest_heartbeat > now() - interval '10.5 seconds')", "count(*)"},
        from);
  }
}

}  // namespace

MetadataQuery BuildMetadataQuery(const SchemaColumns& columns, std::string_view schema) {
  QueryParts parts(columns, TransactionPreamble(schema));
  AddServer(parts);
  AddRevision(parts);
  AddTaskInstances(parts);
  AddHeartbeatLost(parts);
  AddPools(parts);
  AddDagRuns(parts);
  AddSmallTables(parts);
  AddJobs(parts);
  AddTasks(parts);
  return std::move(parts.query());
}

}  // namespace airflow_host
