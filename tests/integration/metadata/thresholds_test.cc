// What counts as late in a real PostgreSQL, by release and by configuration.
#include <gtest/gtest.h>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

class MetadataThresholdsTest : public MetadataFixture {
 protected:
  std::unique_ptr<Collector> MakeWith(const ThresholdSettings& thresholds) {
    auto collector =
        MakeMetadataCollector({.url = RoleUrl(), .schema = "", .thresholds = thresholds}, clock_);
    EXPECT_TRUE(collector) << collector.error().message;
    return collector ? *std::move(collector) : nullptr;
  }

  void BeRelease(const std::string& revision) {
    Sql("UPDATE alembic_version SET version_num = '" + revision + "'");
  }

  std::optional<std::uint64_t> Alive(const MetadataObservation& seen,
                                     const std::string& component) {
    for (const ComponentsAlive& alive : seen.alive) {
      if (alive.component == component) return alive.count;
    }
    return std::nullopt;
  }
};

TEST_F(MetadataThresholdsTest, OfAirflow2) {
  MakeAirflow("2.10");
  Sql(InsertRun("run", "running", false));
  Sql(InsertTasks(4, "queued", "default", ", queued_dttm", ", now() - n * interval '250 seconds'",
                  false));
  Sql("INSERT INTO job (id, job_type, state, latest_heartbeat, hostname) VALUES"
      " (1, 'LocalTaskJob', 'running', now() - interval '100 seconds', 'w'),"
      " (2, 'LocalTaskJob', 'running', now() - interval '400 seconds', 'w'),"
      " (3, 'TriggererJob', 'running', now() - interval '20 seconds', 't'),"
      " (4, 'DagProcessorJob', 'running', now() - interval '20 seconds', 'd')");
  Sql(InsertTasks(2, "running", "default", ", start_date, job_id, queued_by_job_id",
                  ", now(), n, 4711", false));
  const auto collector = MakeCollector(RoleUrl());
  MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.task_instances_overdue, 2U);
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 1U) << "whoever queued it";
  EXPECT_EQ(Alive(seen, "triggerer"), 1U);
  EXPECT_EQ(Alive(seen, "dag_processor"), 0U);

  BeRelease("290244fb8b83");  // 2.5: nothing is overdue, and 10.5 s for the triggerer.
  See(*collector);            // Sees the other revision, and takes its rules from then on.
  seen = See(*collector);
  EXPECT_EQ(seen.task_instances_overdue, std::nullopt);
  EXPECT_EQ(Alive(seen, "triggerer"), 0U);
  const auto stalled = MakeWith({.stalled_task_timeout = seconds(900)});
  EXPECT_EQ(See(*stalled).task_instances_overdue, 1U);

  BeRelease("98ae134e6fff");  // 2.6
  const auto configured = MakeWith({.task_queued_timeout = seconds(60),
                                    .task_adoption_timeout = seconds(300),
                                    .task_heartbeat_timeout = seconds(50),
                                    .job_heartbeat_interval = seconds(20)});
  seen = See(*configured);
  EXPECT_EQ(seen.task_instances_overdue, 3U);
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 2U);
  EXPECT_EQ(Alive(seen, "triggerer"), 1U);
  EXPECT_EQ(Alive(seen, "dag_processor"), 1U);
}

TEST_F(MetadataThresholdsTest, OfAirflow3) {
  MakeAirflow("3.1");
  Sql(InsertRun("run", "running"));
  Sql(InsertTasks(4, "queued", "default", ", queued_dttm", ", now() - n * interval '250 seconds'"));
  Sql(InsertTasks(2, "running", "default", ", last_heartbeat_at, queued_by_job_id",
                  ", now() - n * interval '200 seconds', 4711"));
  Sql(InsertTasks(1, "running", "default"));  // Of before the migration: never had a heartbeat.
  Sql("INSERT INTO job (job_type, state, latest_heartbeat, hostname) VALUES"
      " ('SchedulerJob', 'running', now() - interval '20 seconds', 's'),"
      " ('DagProcessorJob', 'running', now() - interval '20 seconds', 'd')");
  const auto collector = MakeCollector(RoleUrl());
  MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.task_instances_overdue, 2U);
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 1U);
  EXPECT_EQ(Alive(seen, "scheduler"), 1U);
  EXPECT_EQ(Alive(seen, "dag_processor"), 0U) << "10.5 s in 3.1";
  const ThresholdSettings settings = {.task_queued_timeout = seconds(300),
                                      .task_heartbeat_timeout = seconds(100),
                                      .scheduler_health_check_threshold = seconds(10)};
  BeRelease("1d6611b6ab7c");  // 3.2
  const auto configured = MakeWith(settings);
  seen = See(*configured);
  EXPECT_EQ(seen.task_instances_overdue, 3U);
  EXPECT_EQ(seen.task_instances_heartbeat_lost, 2U);
  EXPECT_EQ(Alive(seen, "scheduler"), 0U);
  EXPECT_EQ(Alive(seen, "dag_processor"), 1U) << "30 s since 3.2";
}

}  // namespace
}  // namespace airflow_host
