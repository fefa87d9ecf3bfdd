// The metadata collector against a real PostgreSQL: what it counts, and how it bears what goes
// wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/schema_probe.h"
#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Rows of task_instance need their DAG run; $STATE, $QUEUE and $MORE are filled in.
std::string InsertTasks(int count, const std::string& state, const std::string& queue,
                        const std::string& columns = "", const std::string& values = "",
                        bool airflow3 = true) {
  static int number = 0;
  const std::string task = "t" + std::to_string(++number) + "_";
  return "INSERT INTO task_instance (" + std::string(airflow3 ? "id, " : "") +
         "task_id, dag_id, run_id, state, queue, pool" + columns + ") SELECT " +
         std::string(airflow3 ? "gen_random_uuid(), " : "") + "'" + task +
         "' || n, 'dag', 'run', '" + state + "', '" + queue + "', 'default_pool'" + values +
         " FROM generate_series(1, " + std::to_string(count) + ") AS n";
}

std::string InsertRun(const std::string& run, const std::string& state, bool airflow3 = true) {
  return std::string("INSERT INTO dag_run (dag_id, run_id, state, run_type, queued_at, ") +
         (airflow3 ? "run_after" : "execution_date") + ") VALUES ('dag', '" + run + "', '" + state +
         "', 'manual', now() - interval '100 seconds', now() + interval '" +
         std::to_string(std::hash<std::string>{}(run) % 100000) + " seconds')";
}

class MetadataTest : public MetadataFixture {
 protected:
  std::uint64_t CountOf(const MetadataObservation& seen, const std::string& state,
                        const std::string& queue) {
    std::uint64_t count = 0;
    bool found = false;
    for (const TaskInstanceCount& row : seen.task_instances) {
      if (row.state != state || row.queue != queue) continue;
      count += row.count;
      found = true;
    }
    EXPECT_TRUE(found) << state << " " << queue;
    return count;
  }

  /// Every count of task instances is what SQL counts, and the other way round.
  void ExpectCountsEqualSql(const MetadataObservation& seen) {
    std::uint64_t total = 0;
    for (const TaskInstanceCount& row : seen.task_instances) {
      EXPECT_EQ(std::to_string(row.count),
                Value("SELECT count(*) FROM task_instance WHERE state = '" + row.state +
                      "' AND queue = '" + row.queue + "' AND coalesce(executor, '') = '" +
                      row.executor + "'"))
          << row.state << " " << row.queue;
      total += row.count;
    }
    EXPECT_EQ(std::to_string(total), Value("SELECT count(*) FROM task_instance WHERE state NOT IN "
                                           "('success', 'failed', 'skipped')"));
  }

  void ExpectOldestEqualSql(const MetadataObservation& seen, const std::string& state,
                            const std::string& column) {
    for (const OldestTaskInstance& oldest : seen.oldest) {
      if (oldest.state != state) continue;
      const std::string since = Value("SELECT extract(epoch FROM min(" + column +
                                      ")) FROM task_instance WHERE state = '" + state +
                                      "' AND queue = '" + oldest.queue + "'");
      EXPECT_NEAR(SecondsSinceEpoch(oldest.since), std::stod(since), 0.001);
      return;
    }
    ADD_FAILURE() << "no oldest " << state;
  }

  void FillAirflow3() {
    Sql(InsertRun("run", "running"));
    Sql(InsertRun("waiting", "queued"));
    Sql(InsertRun("done", "success"));
    Sql(InsertTasks(40, "success", "default"));
    Sql(InsertTasks(7, "queued", "default", ", queued_dttm",
                    ", now() - n * interval '200 seconds'"));
    Sql(InsertTasks(2, "queued", "big", ", queued_dttm, executor, pool_slots",
                    ", now(), 'KubernetesExecutor', 3"));
    Sql(InsertTasks(3, "scheduled", "default", ", scheduled_dttm",
                    ", now() - interval '5 seconds'"));
    Sql(InsertTasks(4, "running", "default", ", start_date, last_heartbeat_at",
                    ", now() - interval '1 hour', now() - n * interval '150 seconds'"));
    Sql(InsertTasks(5, "deferred", "default"));
    Sql(InsertTasks(1, "up_for_retry", "default"));
    Sql("INSERT INTO dag (dag_id, is_paused, is_stale, bundle_name, max_active_tasks,"
        " max_consecutive_failed_dag_runs, has_task_concurrency_limits) VALUES"
        " ('a', false, false, 'b', 1, 0, false), ('b', false, false, 'b', 1, 0, false),"
        " ('c', true, false, 'b', 1, 0, false), ('d', true, true, 'b', 1, 0, false)");
    Sql("INSERT INTO job (job_type, state, latest_heartbeat, hostname) VALUES"
        " ('SchedulerJob', 'running', now(), 'one'),"
        " ('SchedulerJob', 'running', now() - interval '2 minutes', 'two'),"
        " ('SchedulerJob', 'failed', now(), 'three'),"
        " ('TriggererJob', 'running', now() - interval '20 seconds', 'one'),"
        " ('DagProcessorJob', 'running', now() - interval '20 seconds', 'one')");
    Sql("INSERT INTO import_error (filename) VALUES ('x.py')");
    Sql("INSERT INTO trigger (classpath, kwargs, created_date) VALUES ('x', '', now())");
    Sql("INSERT INTO dag_version (id, version_number, dag_id, created_at, last_updated)"
        " SELECT gen_random_uuid(), n, 'a', now(), now() FROM generate_series(1, 12) AS n");
    Sql("INSERT INTO slot_pool (pool, slots, include_deferred) VALUES ('endless', -1, false)");
  }

  std::uint64_t Alive(const MetadataObservation& seen, const std::string& component) {
    for (const ComponentsAlive& alive : seen.alive) {
      if (alive.component == component) return alive.count;
    }
    return 999;
  }

  /// Sessions of the exporter's role, and sockets of this process.
  std::string Sessions() {
    return Value("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + std::string(kRole) +
                 "'");
  }
  static std::size_t Sockets() {
    std::size_t sockets = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
      if (target.rfind("socket:", 0) == 0) ++sockets;
    }
    return sockets;
  }
};

TEST_F(MetadataTest, CountsWhatAirflow3Holds) {
  MakeAirflow("3.1");
  FillAirflow3();
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  EXPECT_EQ(seen.revision, "cc92b33c6709");
  EXPECT_EQ(seen.airflow_version, "3.1.0-3.1.7");
  EXPECT_GT(seen.query_duration.count(), 0);
  ExpectCountsEqualSql(seen);
  EXPECT_EQ(CountOf(seen, "queued", "default"), 7U);
  EXPECT_EQ(CountOf(seen, "restarting", "big"), 0U);
  ExpectOldestEqualSql(seen, "queued", "queued_dttm");
  ExpectOldestEqualSql(seen, "running", "start_date");
  ExpectOldestEqualSql(seen, "scheduled", "scheduled_dttm");
  EXPECT_EQ(seen.task_instances_overdue, 5U);  // 600 s and the time since: n = 3 to 7
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 3U);
  EXPECT_EQ(seen.dags_active, 2U);
  EXPECT_EQ(seen.dags_paused, 1U);
  EXPECT_EQ(seen.import_errors, 1U);
  EXPECT_EQ(seen.dag_versions, 12U);
  EXPECT_EQ(seen.triggers, 1U);
  ASSERT_EQ(seen.dag_runs.size(), 2U);
  EXPECT_EQ(seen.dag_runs[0].count, 1U);
  EXPECT_EQ(seen.dag_runs[1].count, 1U);
  EXPECT_TRUE(seen.oldest_queued_dag_run);
}

TEST_F(MetadataTest, KnowsPoolsComponentsAndTheServer) {
  MakeAirflow("3.1");
  FillAirflow3();
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  ASSERT_EQ(seen.pools.size(), 2U);
  EXPECT_EQ(seen.pools[0].pool, "default_pool");
  EXPECT_EQ(seen.pools[0].total, 128U);
  EXPECT_EQ(seen.pools[0].queued, 7U + 2U * 3U);
  EXPECT_EQ(seen.pools[0].running, 4U);
  EXPECT_EQ(seen.pools[0].deferred, 5U);
  EXPECT_EQ(seen.pools[0].open, 128 - 13 - 4);
  EXPECT_EQ(seen.pools[1].total, std::nullopt);
  EXPECT_EQ(seen.pools[1].open, std::nullopt);
  EXPECT_EQ(Alive(seen, "scheduler"), 1U);
  EXPECT_EQ(Alive(seen, "triggerer"), 1U);
  EXPECT_EQ(Alive(seen, "dag_processor"), 0U) << "3.1 allows it 10.5 s";
  EXPECT_EQ(seen.heartbeats.size(), 4U);
  EXPECT_EQ(seen.connections_max, 30U);
  EXPECT_GT(seen.database_size_bytes, 1'000'000U);
  EXPECT_TRUE(seen.server_start);
  EXPECT_EQ(seen.deadlocks, 0U);
  EXPECT_FALSE(seen.connections.empty());
  // A pool may be made smaller than what runs in it, and may count deferred tasks.
  Sql("UPDATE slot_pool SET slots = 20, include_deferred = true WHERE pool = 'default_pool'");
  EXPECT_EQ(See(*collector).pools[0].open, 20 - 13 - 4 - 5);
}

TEST_F(MetadataTest, CountsWhatAirflow2Holds) {
  MakeAirflow("2.10");
  Sql(InsertRun("run", "running", false));
  Sql("INSERT INTO job (id, job_type, state, latest_heartbeat, hostname) VALUES"
      " (1, 'LocalTaskJob', 'running', now(), 'w'), (2, 'LocalTaskJob', 'failed', now(), 'w'),"
      " (3, 'LocalTaskJob', 'running', now() - interval '10 minutes', 'w'),"
      " (4, 'SchedulerJob', 'running', now(), 's')");
  Sql(InsertTasks(3, "running", "default", ", start_date, job_id", ", now(), n", false));
  Sql(InsertTasks(4, "queued", "default", ", queued_dttm", ", now() - interval '11 minutes'",
                  false));
  Sql(InsertTasks(9, "success", "default", "", "", false));
  Sql("INSERT INTO dag (dag_id, is_paused, is_active, max_active_tasks,"
      " max_consecutive_failed_dag_runs, has_task_concurrency_limits) VALUES"
      " ('a', false, true, 1, 0, false), ('b', true, true, 1, 0, false),"
      " ('c', false, false, 1, 0, false)");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  EXPECT_EQ(seen.airflow_version, "2.10.3-2.11.x");
  ExpectCountsEqualSql(seen);
  EXPECT_EQ(CountOf(seen, "running", "default"), 3U);
  EXPECT_EQ(seen.task_instances_overdue, 4U);
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 2U);
  EXPECT_EQ(seen.dags_active, 1U);
  EXPECT_EQ(seen.dags_paused, 1U);
  EXPECT_EQ(seen.dag_versions, std::nullopt);
  EXPECT_EQ(Alive(seen, "scheduler"), 1U);
  EXPECT_EQ(Alive(seen, "triggerer"), 0U);
  EXPECT_EQ(Alive(seen, "dag_processor"), 999U) << "2.x needs none of its own";
}

TEST_F(MetadataTest, BearsColumnsThatOlderReleasesLack) {
  MakeAirflow("2.10");
  Sql(InsertRun("run", "running", false));
  Sql(InsertTasks(3, "queued", "default", "", "", false));
  // As in 2.6: no executor, no include_deferred.
  Sql("ALTER TABLE task_instance DROP COLUMN executor;"
      "ALTER TABLE slot_pool DROP COLUMN include_deferred;"
      "UPDATE alembic_version SET version_num = '98ae134e6fff'");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  EXPECT_EQ(seen.airflow_version, "2.6.0-2.6.1");
  EXPECT_EQ(CountOf(seen, "queued", "default"), 3U);
  EXPECT_EQ(seen.pools.at(0).open, 125);
}

TEST_F(MetadataTest, AnEmptyDatabaseIsZeroAndNotNothing) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(CountOf(seen, "queued", ""), 0U);
  EXPECT_EQ(seen.task_instances_overdue, 0U);
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 0U);
  EXPECT_EQ(seen.dags_active, 0U);
  EXPECT_EQ(seen.oldest.size(), 0U);
  EXPECT_EQ(seen.oldest_queued_dag_run, std::nullopt);
}

TEST_F(MetadataTest, LeavesOutWhatTheRoleMayNotRead) {
  MakeAirflow("3.1");
  FillAirflow3();
  Sql("REVOKE SELECT ON trigger, job FROM " + std::string(kRole) + "; DROP TABLE import_error");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  ASSERT_EQ(seen.problems.size(), 3U);
  EXPECT_EQ(seen.problems[0],
            "import errors cannot be read: the table import_error is not there, or its schema may "
            "not be used");
  EXPECT_EQ(seen.problems[1],
            "triggers cannot be read: SELECT on the table trigger is not granted");
  EXPECT_THAT(seen.problems[2], HasSubstr("heartbeats of components"));
  EXPECT_EQ(seen.triggers, std::nullopt);
  EXPECT_EQ(seen.import_errors, std::nullopt);
  EXPECT_TRUE(seen.alive.empty());
  ExpectCountsEqualSql(seen);
}

TEST_F(MetadataTest, WorksWithoutAnyTable) {
  Sql("SELECT 1");
  const auto collector = MakeCollector(server_->Url("postgres", database_));
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.revision, std::nullopt);
  EXPECT_TRUE(seen.task_instances.empty());
  EXPECT_EQ(seen.task_instances_overdue, std::nullopt);
  EXPECT_GE(seen.problems.size(), 7U);
  EXPECT_TRUE(seen.server_start);
}

TEST_F(MetadataTest, ReadsASchemaOfItsOwn) {
  Sql("CREATE SCHEMA \"Air \"\"flow\"; SET search_path = \"Air \"\"flow\"");
  RunFile("sandbox/schema/airflow-3.1.sql");
  FillAirflow3();
  auto collector = MakeMetadataCollector(
      {.url = server_->Url("postgres", database_), .schema = "Air \"flow"}, clock_);
  ASSERT_TRUE(collector);
  const MetadataObservation seen = See(**collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  ExpectCountsEqualSql(seen);
}

TEST_F(MetadataTest, FollowsAMigration) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  EXPECT_EQ(See(*collector).airflow_version, "3.1.0-3.1.7");
  Sql("ALTER TABLE trigger ADD COLUMN queue varchar(256);"
      "UPDATE alembic_version SET version_num = '1b2c3d4e5f6g'");
  EXPECT_EQ(See(*collector).revision, "1b2c3d4e5f6g");
  EXPECT_EQ(See(*collector).airflow_version, ">=3.2.0");
  // A table that goes away fails one observation and is left out of the next.
  Sql("DROP TABLE dag_version");
  const auto failed = Observe(*collector);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kMalformed);
  EXPECT_THAT(failed.error().message, HasSubstr("dag_version"));
  EXPECT_EQ(See(*collector).problems.size(), 1U);
  EXPECT_EQ(Sessions(), "1");
}

TEST_F(MetadataTest, LimitsHoldWithoutSessionState) {
  MakeAirflow("3.1");
  const auto client = Client(server_->Url("postgres", database_));
  const auto slow = client->Query(TransactionPreamble("") + "SELECT pg_sleep(60)");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().kind, ErrorKind::kTimedOut);
  EXPECT_THAT(slow.error().message, HasSubstr("canceling statement due to statement timeout"));
  const auto written = client->Query(TransactionPreamble("") + "DELETE FROM alembic_version");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("read-only transaction"));
  const auto left = client->Query(
      "SELECT current_setting('statement_timeout') || current_setting('lock_timeout') ||"
      " current_setting('transaction_read_only')");
  ASSERT_TRUE(left);
  EXPECT_EQ((*left)[0][0], "00off");
}

TEST_F(MetadataTest, ALockedTableFailsOneObservationOnly) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  Sql("BEGIN; LOCK TABLE task_instance IN ACCESS EXCLUSIVE MODE");
  const auto locked = Observe(*collector);
  Sql("ROLLBACK");
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().kind, ErrorKind::kTimedOut);
  EXPECT_THAT(locked.error().message, HasSubstr("lock timeout; another session"));
  EXPECT_THAT(locked.error().message, Not(HasSubstr("SELECT")));
  See(*collector);
  EXPECT_EQ(Sessions(), "1");
}

TEST_F(MetadataTest, AKilledBackendIsReplacedAtTheNextObservation) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" +
      std::string(kRole) + "'");
  while (Sessions() != "0") std::this_thread::yield();
  const auto broken = Observe(*collector);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kFailed);
  See(*collector);
  EXPECT_EQ(Sessions(), "1");
}

TEST_F(MetadataTest, AStoppedServerKeepsTheOneConnectionAndAnswersOnItLater) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  const std::string backend =
      Value("SELECT pid FROM pg_stat_activity WHERE usename = '" + std::string(kRole) + "'");
  const std::size_t sockets = Sockets();
  server_->Suspend();
  auto hanging = std::async(std::launch::async, [&] { return Observe(*collector); });
  EXPECT_EQ(hanging.wait_for(std::chrono::seconds(3)), std::future_status::timeout);
  EXPECT_EQ(Sockets(), sockets);
  server_->Resume();
  const auto late = hanging.get();
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_EQ(Value("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = '" +
                  std::string(kRole) + "'"),
            backend);
}

TEST_F(MetadataTest, InterruptEndsAHungObservation) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  server_->Suspend();
  auto hanging = std::async(std::launch::async, [&] { return Observe(*collector); });
  EXPECT_EQ(hanging.wait_for(std::chrono::seconds(1)), std::future_status::timeout);
  collector->Interrupt();
  EXPECT_EQ(hanging.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  server_->Resume();
  const auto broken = hanging.get();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kTimedOut);
  See(*collector);
  // One that comes when nothing is under way costs a new connection, not an observation.
  collector->Interrupt();
  collector->Interrupt();
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.connection_failures, 0U);
}

TEST_F(MetadataTest, SaysWhyItCannotConnectAndKeepsThePassword) {
  MakeAirflow("3.1");
  const std::string socket = server_->directory().string();
  struct Case {
    std::string url;
    ErrorKind kind;
    const char* words;
  };
  const Case cases[] = {
      {server_->Url(std::string(kRole) + ":hunter2", database_), ErrorKind::kDenied,
       "password authentication failed"},
      {server_->Url(kRole, database_), ErrorKind::kDenied, "no password supplied"},
      {"postgresql://u:hunter2@no-such-host.invalid/airflow", ErrorKind::kFailed,
       "no-such-host.invalid"},
      {"postgresql://u:hunter2@127.0.0.1:1/airflow", ErrorKind::kFailed, "Connection refused"},
      {"postgresql://u:hunter2@/airflow?host=/no/such/directory", ErrorKind::kFailed,
       "No such file or directory"},
      {"postgresql://postgres:hunter2@/no_such?host=" + socket, ErrorKind::kFailed,
       "does not exist"},
      {"postgresql://u:hunter2@/airflow?host=" + socket + "&sslmoode=require", ErrorKind::kFailed,
       "sslmoode"},
      {"postgresql://u:hunter2@/airflow?host=" + socket + "&sslmode=hunter2", ErrorKind::kFailed,
       "sslmode"},
  };
  for (const Case& wrong : cases) {
    const auto collector = MakeCollector(wrong.url);
    const auto refused = Observe(*collector);
    ASSERT_FALSE(refused) << wrong.words;
    EXPECT_EQ(refused.error().kind, wrong.kind) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(wrong.words));
    EXPECT_THAT(refused.error().message, HasSubstr("cannot connect to the metadata database at"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("\n")));
  }
}

/// With 200,000 finished and 2,000 active task instances, and jobs to match.
TEST_F(MetadataTest, NeverScansWhatGrows) {
  for (const bool airflow3 : {true, false}) {
    const std::string schema = airflow3 ? "three" : "two";
    // Foreign keys are not looked at while the rows come in: that takes most of the time.
    Sql("CREATE SCHEMA " + schema + "; SET search_path = " + schema +
        "; SET session_replication_role = replica");
    RunFile(airflow3 ? "sandbox/schema/airflow-3.1.sql" : "sandbox/schema/airflow-2.10.sql");
    const std::string key = airflow3 ? "logical_date, run_after" : "execution_date";
    const std::string time = "now() - n * interval '1 minute'";
    Sql("INSERT INTO dag_run (dag_id, run_id, state, run_type, queued_at, " + key +
        ") SELECT 'dag', 'run' || n, CASE WHEN n <= 20 THEN 'running' WHEN n <= 30 THEN 'queued'"
        " ELSE 'success' END, 'scheduled', " +
        time + ", " + time + (airflow3 ? ", " + time : "") +
        " FROM generate_series(1, 20000) AS n");
    Sql("INSERT INTO task_instance (" + std::string(airflow3 ? "id, last_heartbeat_at" : "job_id") +
        ", task_id, dag_id, run_id, state, queue, pool, queued_dttm, start_date) SELECT " +
        (airflow3 ? "gen_random_uuid(), now() - n * interval '1 second'" : "n") +
        ", 't' || n % 10, 'dag', 'run' || n / 10 + 1, CASE WHEN n % 101 <> 0 THEN 'success'"
        " WHEN n % 2 = 0 THEN 'running' ELSE 'queued' END, 'default', 'default_pool', now(), now()"
        " FROM generate_series(1, 199999) AS n");
    Sql("INSERT INTO job (job_type, state, latest_heartbeat, hostname) SELECT CASE WHEN n % 1000 = "
        "0"
        " THEN 'SchedulerJob' ELSE 'LocalTaskJob' END, CASE WHEN n < 199000 THEN 'success' ELSE"
        " 'running' END, now() - (200000 - n) * interval '1 minute', 'h' FROM"
        " generate_series(1, 200000) AS n");
    Sql("VACUUM ANALYZE");
    const auto probed = admin_->Query(SchemaProbe(schema));
    ASSERT_TRUE(probed);
    const MetadataQuery query = BuildMetadataQuery(ParseSchemaColumns(*probed), schema);
    EXPECT_EQ(query.problems, std::vector<std::string>{});
    const std::string preamble = TransactionPreamble(schema);
    std::string plan;
    for (const DatabaseRow& row :
         Sql(preamble + "EXPLAIN (ANALYZE, BUFFERS) " + query.sql.substr(preamble.size()))) {
      plan.append(row[0].value_or("")).append("\n");
    }
    EXPECT_THAT(plan, HasSubstr("on task_instance")) << plan;
    for (const char* table : {"task_instance", "dag_run", "job"}) {
      EXPECT_THAT(plan, Not(HasSubstr(std::string("Seq Scan on ") + table + " "))) << plan;
    }
    if (::getenv("SHOW_PLANS") != nullptr) std::cout << plan;
  }
}

}  // namespace
}  // namespace airflow_host
