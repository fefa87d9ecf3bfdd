// The metadata collector against a real PostgreSQL: what it counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;

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
      EXPECT_EQ(std::to_string(row.queued_beyond_grace),
                Value("SELECT count(*) FROM task_instance WHERE state = '" + row.state +
                      "' AND state = 'queued' AND queued_dttm < now() - interval '60 seconds'"
                      " AND queue = '" +
                      row.queue + "' AND coalesce(executor, '') = '" + row.executor + "'"))
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
      std::string sql = "SELECT extract(epoch FROM min(" + column + ")) FROM task_instance";
      sql.append(" WHERE state = '").append(state).append("' AND queue = '");
      const std::string since = Value(sql.append(oldest.queue).append("'"));
      EXPECT_NEAR(SecondsSinceEpoch(oldest.since), std::stod(since), 0.001);
      return;
    }
    ADD_FAILURE() << "no oldest " << state;
  }

  void FillAirflow3(const std::string& version = "3.1") {
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
    const bool from_33_on = version == "3.3";
    Sql("INSERT INTO dag (dag_id, is_paused, is_stale, bundle_name, max_active_tasks,"
        " max_consecutive_failed_dag_runs, has_task_concurrency_limits" +
        std::string(from_33_on ? ", timetable_type, partition_mapper_info" : "") +
        ") SELECT dag_id, is_paused, is_stale, 'b', 1, 0, false" +
        (from_33_on ? ", 'T', '[]'" : "") +
        " FROM (VALUES ('a', false, false), ('b', false, false), ('c', true, false),"
        " ('d', true, true)) AS dags (dag_id, is_paused, is_stale)");
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
};

struct Release {
  std::string version;
  std::string revision;
  std::string range;
  std::uint64_t dag_processors_alive = 0;  ///< Whose heartbeat is 20 s old.
};

class MetadataOfAirflow3Test : public MetadataTest, public ::testing::WithParamInterface<Release> {
 protected:
  void SetUp() override {
    MetadataTest::SetUp();
    if (IsSkipped()) return;
    MakeAirflow(GetParam().version);
    FillAirflow3(GetParam().version);
  }
};

INSTANTIATE_TEST_SUITE_P(Releases, MetadataOfAirflow3Test,
                         ::testing::Values(Release{"3.1", "cc92b33c6709", "3.1.0-3.1.7", 0},
                                           Release{"3.3", "d2f4e1b3c5a7", "3.3.0-3.3.x", 1}));

TEST_P(MetadataOfAirflow3Test, IsCounted) {
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  EXPECT_EQ(seen.revision, GetParam().revision);
  EXPECT_EQ(seen.airflow_version, GetParam().range);
  EXPECT_GT(seen.query_duration.count(), 0);
  ExpectCountsEqualSql(seen);
  EXPECT_EQ(CountOf(seen, "queued", "default"), 7U);
  EXPECT_EQ(CountOf(seen, "restarting", "big"), 0U);
  std::uint64_t beyond_grace = 0;
  for (const TaskInstanceCount& row : seen.task_instances) beyond_grace += row.queued_beyond_grace;
  EXPECT_EQ(beyond_grace, 7U) << "the two in the queue big are new";
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

TEST_P(MetadataOfAirflow3Test, IsToldByItsColumnsWhereItsRevisionIsNotKnown) {
  Sql("UPDATE alembic_version SET version_num = '1b2c3d4e5f6g'");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.airflow_version, ">=" + GetParam().version + ".0");
  EXPECT_EQ(Alive(seen, "dag_processor"), GetParam().dag_processors_alive);
  ExpectCountsEqualSql(seen);
}

TEST_P(MetadataOfAirflow3Test, TellsPoolsComponentsAndTheServer) {
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
  EXPECT_EQ(Alive(seen, "dag_processor"), GetParam().dag_processors_alive)
      << "3.1 allows it 10.5 s, 3.2 and later 30 s";
  EXPECT_EQ(seen.heartbeats.size(), 4U);
  EXPECT_EQ(seen.connections_max, 30U);
  EXPECT_GT(seen.database_size_bytes, 1'000'000U);
  EXPECT_TRUE(seen.server_start);
  ASSERT_TRUE(seen.database_time);
  const std::string time = std::to_string(SecondsSinceEpoch(*seen.database_time));
  EXPECT_EQ(Value("SELECT to_timestamp(" + time + ") BETWEEN pg_postmaster_start_time() AND now()"),
            "t");
  EXPECT_EQ(seen.deadlocks, 0U);
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

}  // namespace
}  // namespace airflow_host
