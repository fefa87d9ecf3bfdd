// What was seen of Airflow's metadata database.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.h"

namespace airflow_host {

/// How long a task instance may be queued before it must have been handed over: the scheduler sends
/// it to the executor in the same loop, and a loop over thousands of task instances takes its time.
inline constexpr std::chrono::seconds kQueuedGrace{60};

/// What the queues beyond the limit, and their executors, are called together.
inline constexpr std::string_view kOtherQueues = "other";

/// The task instances of one active state in one queue.
struct TaskInstanceCount {
  std::string state;  ///< task_instance.state: "queued", "running", ...
  std::string queue;  ///< task_instance.queue; "other" for those beyond the limit.
  std::string
      executor;  ///< task_instance.executor; empty: the default one, or Airflow before 2.10.
  std::uint64_t count = 0;
  /// Of those that are queued: for longer than kQueuedGrace by the database's clock (queued_dttm).
  std::uint64_t queued_beyond_grace = 0;
  /// Of those that are running: without a heartbeat, as task_instances_heartbeat_lost. Absent where
  /// that is not known by queue (before Airflow 3).
  std::optional<std::uint64_t> heartbeat_lost = std::nullopt;

  /// They are of the queues beyond the limit.
  bool OfOthers() const { return queue == kOtherQueues && executor == kOtherQueues; }
};

/// Since when the oldest task instance of one state and queue has been in that state.
struct OldestTaskInstance {
  std::string state;  ///< "scheduled" (Airflow 3 only), "queued" or "running".
  std::string queue;
  SystemTime since{};  ///< scheduled_dttm, queued_dttm or start_date.
};

/// The DAG runs of one active state.
struct DagRunCount {
  std::string state;  ///< "queued" or "running".
  std::uint64_t count = 0;
};

/// The last heartbeat of a component on one host: table job, rows in state "running".
struct ComponentHeartbeat {
  std::string component;  ///< "scheduler", "triggerer" or "dag_processor".
  std::string hostname;   ///< job.hostname: what Airflow thinks it is called.
  SystemTime at{};        ///< job.latest_heartbeat.
};

/// How many of a component are alive by Airflow's own rule (Job.is_alive).
struct ComponentsAlive {
  std::string component;
  std::uint64_t count = 0;
};

/// One pool and the slots of it that are taken; counted in slots, not in task instances.
struct PoolSlots {
  std::string pool;
  std::optional<std::uint64_t> total;  ///< Absent: the pool has no limit (slots = -1).
  std::uint64_t running = 0;
  std::uint64_t queued = 0;
  std::uint64_t scheduled = 0;  ///< Takes no slot yet.
  std::uint64_t deferred = 0;   ///< Takes slots only where the pool says so (include_deferred).
  /// total - running - queued (- deferred); below zero when a pool was made smaller. Absent without
  /// a limit.
  std::optional<std::int64_t> open;
};

/// Sessions in this database: pg_stat_activity. Where the role may not see the type of another
/// role's backend, that role's parallel workers count, too.
struct ConnectionCount {
  std::string application;  ///< application_name; "other" for those beyond the limit.
  std::string state;        ///< "active", "idle", ...; "unknown" where the role may not see it.
  std::uint64_t count = 0;
};

/// One try of a task instance that is queued or running, or whose id was asked for. The keys that
/// join it to a process, to a message in the broker and to a kill.
struct TaskRow {
  std::string task_instance_id;  ///< task_instance.id (Airflow 3), a UUID in lower case, or empty.
  std::string dag_id;
  std::string task_id;
  std::string run_id;
  std::optional<int> map_index;  ///< Empty where the task is not mapped (-1).
  std::optional<int> try_number;
  std::string state;  ///< Empty: not active any more (its id was asked for).
  std::string queue;
  std::string executor;                  ///< Empty: the default one, or Airflow before 2.10.
  std::string hostname;                  ///< Of the worker; empty before one has taken it.
  std::optional<int> pid;                ///< task_instance.pid on that worker.
  std::string external_executor_id;      ///< Celery's task id where the executor has told it.
  std::optional<SystemTime> queued_at;   ///< queued_dttm.
  std::optional<SystemTime> started_at;  ///< start_date.
};

/// One look at the metadata database: one statement, one snapshot. What the role may not read, or
/// this version of Airflow does not have, is absent, and `problems` says so.
struct MetadataObservation final : Observation {
  std::optional<std::string> revision;         ///< alembic_version.version_num.
  std::optional<std::string> airflow_version;  ///< "3.1.0-3.1.7": the releases with this schema.
  std::chrono::nanoseconds query_duration{};   ///< From sending the query to having its rows.
  /// now() of the statement: the same clock as that of queued_at, which may differ from this
  /// host's.
  std::optional<SystemTime> database_time;

  std::vector<TaskInstanceCount> task_instances;  ///< Active states; zeros for known queues.
  std::vector<OldestTaskInstance> oldest;         ///< Only where there is one.
  /// Queued for longer than this release and installation let a task instance wait; absent where
  /// that is for ever.
  std::optional<std::uint64_t> task_instances_overdue;
  /// Running without a heartbeat by this release's rule and this installation's timeout.
  std::optional<std::uint64_t> task_instances_heartbeat_lost;

  /// At most kMostTasks of the queued and running ones, running first and the oldest first, then
  /// those that were asked for by id.
  static constexpr std::size_t kMostTasks = 1000;
  std::vector<TaskRow> tasks;

  std::vector<DagRunCount> dag_runs;
  std::optional<SystemTime> oldest_queued_dag_run;  ///< dag_run.queued_at.
  std::optional<std::uint64_t> dags_active;         ///< Table dag: neither stale nor paused.
  std::optional<std::uint64_t> dags_paused;         ///< Table dag: paused, not stale.
  std::optional<std::uint64_t> import_errors;       ///< Rows of import_error.
  std::optional<std::uint64_t> dag_versions;        ///< Rows of dag_version, at most 100,000.
  std::optional<std::uint64_t> triggers;            ///< Rows of trigger, at most 100,000.
  /// The first kMostPools that were made; the rest of them is summed up as "other".
  static constexpr std::size_t kMostPools = 50;
  std::vector<PoolSlots> pools;

  std::vector<ComponentHeartbeat> heartbeats;
  std::vector<ComponentsAlive> alive;

  std::vector<ConnectionCount> connections;
  std::optional<std::uint64_t> connections_max;   ///< max_connections.
  std::optional<SystemTime> longest_transaction;  ///< Start of the oldest transaction of others.
  std::optional<std::uint64_t> database_size_bytes;
  std::optional<std::uint64_t> deadlocks;  ///< Since the statistics were reset.
  std::optional<SystemTime> server_start;  ///< pg_postmaster_start_time().

  /// What could not be read, one sentence each.
  std::vector<std::string> problems;
};

}  // namespace airflow_host
