// Builds the statement: a UNION ALL of parts that share one row shape,
//
//   (section text, text1 text, text2 text, text3 text, number1 float8, number2 float8, number3 float8)
//
// so that one round trip and one snapshot give everything. Why each part is cheap is said beside it.
// Indexes: airflow/models/taskinstance.py, dagrun.py and jobs/job.py of Airflow.
#include "collectors/metadata/metadata_query.h"

#include <utility>

namespace airflow_host {
namespace {

std::string Epoch(std::string_view timestamp) {
  return "extract(epoch FROM " + std::string(timestamp) + ")::float8";
}

/// Gathers the parts of one statement.
class Parts {
 public:
  Parts(const SchemaColumns& columns, std::string sql) : columns_(columns) {
    query_.sql = std::move(sql);
  }

  /// Adds a part that gives `selected` (the six columns after the section) `from` somewhere.
  void Add(std::string_view section, const std::string& selected, const std::string& from) {
    query_.sql.append(first_ ? "" : " UNION ALL ");
    first_ = false;
    query_.sql.append("(SELECT '").append(section).append("'::text, ");
    query_.sql.append(selected).append(" ").append(from).append(")");
  }

  /// True if `columns` of `table` can be read; else notes that `what` is left out, and why.
  bool Readable(const char* what, std::string_view table,
                std::initializer_list<std::string_view> columns) {
    const auto missing = columns_.Missing(table, columns);
    if (missing) query_.problems.push_back(std::string(what) + " cannot be read: " + *missing);
    return !missing;
  }

  bool Has(std::string_view table, std::string_view column) const {
    return columns_.Exists(table, column);
  }

  MetadataQuery& query() { return query_; }

 private:
  const SchemaColumns& columns_;
  MetadataQuery query_;
  bool first_ = true;
};

/// What PostgreSQL itself tells every role. The first part, so it fixes the types of all columns.
void AddServer(Parts& parts) {
  parts.Add(section::kServer,
            "NULL::text, NULL::text, NULL::text, " + Epoch("pg_postmaster_start_time()") +
                ", current_setting('max_connections')::float8, NULL::float8",
            "");
  parts.Add(section::kDatabase,
            "NULL, NULL, NULL, deadlocks::float8,"
            " pg_database_size(current_database())::float8, NULL",
            "FROM pg_stat_database WHERE datname = current_database()");
  const std::string sessions =
      "FROM pg_stat_activity WHERE datname = current_database()"
      " AND backend_type = 'client backend'";
  parts.Add(section::kLongestTransaction,
            "NULL, NULL, NULL, " + Epoch("min(xact_start)") + ", NULL, NULL",
            sessions + " AND pid <> pg_backend_pid()");
  parts.Add(section::kConnections,
            "coalesce(application_name, ''), coalesce(state, 'unknown'), NULL, count(*)::float8,"
            " NULL, NULL",
            sessions + " GROUP BY 2, 3 ORDER BY 5 DESC LIMIT " + std::to_string(kRowLimit));
}

void AddRevision(Parts& parts) {
  if (!parts.Readable("the version of Airflow", "alembic_version", {"version_num"})) return;
  parts.Add(section::kRevision, "version_num, NULL, NULL, NULL, NULL, NULL",
            "FROM alembic_version");
}

/// By ti_state(state): active rows are few however many have finished. `state IS NULL` is left out:
/// it may be every task that was never reached, in every run there ever was.
void AddTaskInstances(Parts& parts) {
  if (!parts.Readable("task instances", "task_instance",
                      {"state", "queue", "queued_dttm", "start_date"})) {
    return;
  }
  parts.query().reads_task_instances = true;
  const bool executor = parts.Has("task_instance", "executor") &&  // Airflow 2.10
                        parts.Readable("executors of task instances", "task_instance",
                                       {"executor"});
  const bool scheduled = parts.Has("task_instance", "scheduled_dttm") &&  // Airflow 3.0
                         parts.Readable("ages of scheduled task instances", "task_instance",
                                        {"scheduled_dttm"});
  std::string since = "CASE state WHEN 'queued' THEN queued_dttm WHEN 'running' THEN start_date";
  since.append(scheduled ? " WHEN 'scheduled' THEN scheduled_dttm END" : " END");
  parts.Add(section::kTaskInstances,
            std::string("state, coalesce(queue, ''), ") +
                (executor ? "coalesce(executor, '')" : "''") + ", count(*)::float8, " +
                Epoch("min(" + since + ")") +
                ", (count(*) FILTER (WHERE state = 'queued'"
                " AND queued_dttm < now() - interval '600 seconds'))::float8",
            "FROM task_instance WHERE state IN ('scheduled', 'queued', 'running', 'deferred',"
            " 'up_for_retry', 'up_for_reschedule', 'restarting')"
            " GROUP BY 2, 3, 4 ORDER BY 5 DESC LIMIT " + std::to_string(kRowLimit));
}

/// Airflow's own rule, without its "queued by this scheduler": 3.x _find_task_instances_without_
/// heartbeats, 2.x _find_zombies, both in airflow/jobs/scheduler_job_runner.py. By ti_state; the
/// jobs of the few running rows by job's primary key.
void AddHeartbeatLost(Parts& parts) {
  constexpr const char* kWhat = "lost heartbeats of task instances";
  const std::string selected = "NULL, NULL, NULL, count(*)::float8, NULL, NULL";
  if (parts.Has("task_instance", "last_heartbeat_at")) {
    if (!parts.Readable(kWhat, "task_instance", {"state", "last_heartbeat_at"})) return;
    parts.Add(section::kHeartbeatLost, selected,
              "FROM task_instance WHERE state IN ('running', 'restarting')"
              " AND last_heartbeat_at < now() - interval '300 seconds'");
  } else if (parts.Readable(kWhat, "task_instance", {"state", "job_id"}) &&
             parts.Readable(kWhat, "job", {"id", "job_type", "state", "latest_heartbeat"})) {
    parts.Add(section::kHeartbeatLost, selected,
              "FROM task_instance JOIN job ON task_instance.job_id = job.id"
              " WHERE task_instance.state = 'running' AND job.job_type = 'LocalTaskJob'"
              " AND (job.state <> 'running'"
              " OR job.latest_heartbeat < now() - interval '300 seconds')");
  }
}

/// As airflow/models/pool.py slots_stats; by ti_state or ti_pool.
void AddPools(Parts& parts) {
  if (!parts.Readable("pools", "slot_pool", {"pool", "slots"}) ||
      !parts.Readable("pools", "task_instance", {"pool", "pool_slots", "state"})) {
    return;
  }
  const bool deferred = parts.Has("slot_pool", "include_deferred") &&  // Airflow 2.7
                        parts.Readable("whether pools count deferred tasks", "slot_pool",
                                       {"include_deferred"});
  const std::string limit = " LIMIT " + std::to_string(kRowLimit);
  parts.Add(section::kPool,
            std::string("pool, NULL, NULL, slots::float8, ") +
                (deferred ? "include_deferred::int::float8" : "0::float8") + ", NULL",
            "FROM slot_pool ORDER BY id" + limit);
  parts.Add(section::kPoolUse, "pool, state, NULL, sum(pool_slots)::float8, NULL, NULL",
            "FROM task_instance WHERE state IN ('running', 'queued', 'scheduled', 'deferred')"
            " GROUP BY pool, state ORDER BY 5 DESC" + limit);
}

/// By idx_dag_run_queued_dags and idx_dag_run_running_dags, which are partial: a state each, for
/// `state IN (...)` would use neither.
void AddDagRuns(Parts& parts) {
  if (!parts.Readable("DAG runs", "dag_run", {"state", "queued_at"})) return;
  parts.Add(section::kDagRuns,
            "'queued', NULL, NULL, count(*)::float8, " + Epoch("min(queued_at)") + ", NULL",
            "FROM dag_run WHERE state = 'queued'");
  parts.Add(section::kDagRuns, "'running', NULL, NULL, count(*)::float8, NULL, NULL",
            "FROM dag_run WHERE state = 'running'");
}

/// Tables that are small by nature, or whose rows are counted up to a limit only.
void AddSmallTables(Parts& parts) {
  // Airflow 3.0 turned dag.is_active into its opposite, dag.is_stale.
  const bool stale = parts.Has("dag", "is_stale");
  if (parts.Readable("DAGs", "dag", {"is_paused", stale ? "is_stale" : "is_active"})) {
    parts.Add(section::kDags,
              "NULL, NULL, NULL, (count(*) FILTER (WHERE is_paused IS NOT TRUE))::float8,"
              " (count(*) FILTER (WHERE is_paused))::float8, NULL",
              stale ? "FROM dag WHERE NOT is_stale" : "FROM dag WHERE is_active");
  }
  const auto count = [&](std::string_view section, const char* what, const std::string& table) {
    if (!parts.Readable(what, table, {"id"})) return;
    parts.Add(section, "NULL, NULL, NULL, count(*)::float8, NULL, NULL",
              "FROM (SELECT 1 FROM " + table + " LIMIT 100000) AS counted");
  };
  count(section::kImportErrors, "import errors", "import_error");
  count(section::kTriggers, "triggers", "trigger");
  if (parts.Has("task_instance", "id")) count(section::kDagVersions, "DAG versions", "dag_version");
}

/// By job_type_heart(job_type, latest_heartbeat): rows of jobs are never deleted by Airflow, and 2.x
/// has one per try of every task, so only the last day is looked at.
void AddJobs(Parts& parts) {
  if (!parts.Readable("heartbeats of components", "job",
                      {"job_type", "state", "latest_heartbeat", "hostname"})) {
    return;
  }
  const std::string recent =
      " AND state = 'running' AND latest_heartbeat > now() - interval '1 day'";
  for (const char* type : {"SchedulerJob", "TriggererJob", "DagProcessorJob"}) {
    const std::string name = std::string("'") + type + "'";
    const std::string from = "FROM job WHERE job_type = " + name + recent;
    parts.Add(section::kHeartbeat,
              name + ", coalesce(hostname, ''), NULL, " + Epoch("max(latest_heartbeat)") +
                  ", NULL, NULL",
              from + " GROUP BY hostname ORDER BY 5 DESC LIMIT 20");
    // Airflow's thresholds differ by version, which is known only with the rows: both are counted.
    parts.Add(section::kAlive,
              name + ", NULL, NULL,"
              " (count(*) FILTER (WHERE latest_heartbeat > now() - interval '30 seconds'))::float8,"
              " (count(*) FILTER (WHERE latest_heartbeat > now() - interval '10.5 seconds'))::float8,"
              " count(*)::float8",
              from);
  }
}

}  // namespace

MetadataQuery BuildMetadataQuery(const SchemaColumns& columns, std::string_view schema) {
  Parts parts(columns, TransactionPreamble(schema));
  AddServer(parts);
  AddRevision(parts);
  AddTaskInstances(parts);
  AddHeartbeatLost(parts);
  AddPools(parts);
  AddDagRuns(parts);
  AddSmallTables(parts);
  AddJobs(parts);
  return std::move(parts.query());
}

}  // namespace airflow_host
