// Task instances one by one, from a real PostgreSQL: those that are active, and those asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> NamesOf(const std::vector<TaskRow>& tasks) {
  std::vector<std::string> names;
  names.reserve(tasks.size());
  for (const TaskRow& task : tasks) names.push_back(task.task_id);
  return names;
}

class MetadataTasksTest : public MetadataFixture {
 protected:
  std::unique_ptr<Collector> MakeAskingCollector() {
    auto collector =
        MakeMetadataCollector({.url = RoleUrl(), .schema = "", .task_lookup = lookup_}, clock_);
    EXPECT_TRUE(collector) << collector.error().message;
    return collector ? *std::move(collector) : nullptr;
  }

  void Want(const std::string& id) { lookup_->Want(id, clock_.SteadyNow()); }

  const std::shared_ptr<TaskLookup> lookup_ = std::make_shared<TaskLookup>();
};

TEST_F(MetadataTasksTest, ReadsActiveOnesOfAirflow3) {
  MakeAirflow("3.1");
  Sql(InsertRun("run", "running"));
  Sql(InsertTasks(30, "success", "default"));
  Sql(InsertTasks(30, "scheduled", "default"));
  Sql("INSERT INTO task_instance (id, task_id, dag_id, run_id, map_index, state, queue, pool, pid,"
      " hostname, try_number, external_executor_id, queued_dttm, start_date, executor) VALUES"
      " ('0198C6A2-5f7e-7cc1-a6b4-2f0f3c1d9e10', 'extract', 'dag', 'run', 7, 'running', 'big', 'p',"
      " 4711, 'worker-0', 2, '5d2c', to_timestamp(1700000000.25), to_timestamp(1700000003),"
      " 'KubernetesExecutor'),"
      " (gen_random_uuid(), 'load', 'dag', 'run', -1, 'queued', NULL, 'p',"
      " NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  ASSERT_THAT(NamesOf(seen.tasks), ElementsAre("extract", "load"));
  const TaskRow& running = seen.tasks[0];
  EXPECT_EQ(running.task_instance_id, "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10");
  EXPECT_EQ(running.dag_id, "dag");
  EXPECT_EQ(running.run_id, "run");
  EXPECT_EQ(running.map_index, 7);
  EXPECT_EQ(running.try_number, 2);
  EXPECT_EQ(running.state, "running");
  EXPECT_EQ(running.queue, "big");
  EXPECT_EQ(running.hostname, "worker-0");
  EXPECT_EQ(running.pid, 4711);
  EXPECT_EQ(running.external_executor_id, "5d2c");
  EXPECT_EQ(running.executor, "KubernetesExecutor");
  EXPECT_EQ(running.queued_at, FromSecondsSinceEpoch(1700000000.25));
  EXPECT_EQ(running.started_at, FromSecondsSinceEpoch(1700000003));
  EXPECT_EQ(seen.tasks[1].state, "queued");
  EXPECT_EQ(seen.tasks[1].map_index, std::nullopt);
  EXPECT_EQ(seen.tasks[1].try_number, std::nullopt);
  EXPECT_EQ(seen.tasks[1].pid, std::nullopt);
  EXPECT_EQ(seen.tasks[1].queue, "");
  EXPECT_EQ(seen.tasks[1].executor, "");
}

TEST_F(MetadataTasksTest, ReadsActiveOnesOfAirflow2) {
  MakeAirflow("2.10");
  Sql(InsertRun("run", "running", false));
  Sql(InsertTasks(1, "running", "default", ", pid, hostname, try_number", ", 4711, 'w', 1", false));
  Sql(InsertTasks(2, "queued", "default", "", "", false));
  const auto collector = MakeAskingCollector();
  Want("0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10");  // There are no ids to ask for.
  MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  ASSERT_THAT(seen.tasks, SizeIs(3));
  EXPECT_EQ(seen.tasks[0].task_instance_id, "");
  EXPECT_EQ(seen.tasks[0].run_id, "run");
  EXPECT_EQ(seen.tasks[0].pid, 4711);
  EXPECT_EQ(seen.tasks[2].state, "queued");
  // As in 2.2: no mapped tasks, and no history.
  Sql("DROP TABLE task_instance_history; ALTER TABLE task_instance DROP COLUMN map_index;"
      "ALTER TABLE task_instance DROP COLUMN executor;"
      "ALTER TABLE slot_pool DROP COLUMN include_deferred;"
      "UPDATE alembic_version SET version_num = '587bdf053233'");
  const auto anew = MakeAskingCollector();
  seen = See(*anew);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  EXPECT_THAT(seen.tasks, SizeIs(3));
}

TEST_F(MetadataTasksTest, GivesTheOldestOfTooManyRunningFirst) {
  MakeAirflow("3.1");
  Sql(InsertRun("run", "running"));
  const std::string ago = ", now() - n * interval '1 second'";
  Sql(InsertTasks(900, "running", "default", ", start_date", ago));
  Sql(InsertTasks(900, "queued", "default", ", queued_dttm", ago));
  const auto collector = MakeCollector(RoleUrl());
  const std::vector<TaskRow> tasks = See(*collector).tasks;
  ASSERT_THAT(tasks, SizeIs(MetadataObservation::kMostTasks));
  EXPECT_TRUE(tasks[0].task_id.ends_with("_900"));
  EXPECT_TRUE(tasks[899].task_id.ends_with("_1"));
  EXPECT_EQ(tasks[899].state, "running");
  EXPECT_TRUE(tasks[900].task_id.ends_with("_900"));
  EXPECT_TRUE(tasks[999].task_id.ends_with("_801"));
}

TEST_F(MetadataTasksTest, FindsWhatIsAskedForByItsId) {
  MakeAirflow("3.1");
  Sql(InsertRun("run", "running"));
  Sql(InsertTasks(50, "success", "default"));
  Sql(InsertTasks(1, "running", "default"));
  Sql("UPDATE task_instance SET id = '0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10', try_number = 1"
      " WHERE state = 'success' AND task_id LIKE '%\\_17';"
      "UPDATE task_instance SET id = '0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e11', try_number = 2"
      " WHERE state = 'running'");
  // The try that was killed has made way for the one that runs.
  Sql("INSERT INTO task_instance_history (task_instance_id, task_id, dag_id, run_id, try_number,"
      " pool) SELECT '0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e12', task_id, dag_id, run_id, 1, pool"
      " FROM task_instance WHERE state = 'running'");
  const std::string never = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9eff";
  for (const char* last : {"0", "1", "2"}) {
    Want(std::string("0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e1") + last);
  }
  Want(never);
  Want("'; DROP TABLE task_instance; --");
  const auto collector = MakeAskingCollector();
  const std::vector<TaskRow> tasks = See(*collector).tasks;
  ASSERT_THAT(tasks, SizeIs(3));
  EXPECT_EQ(tasks[0].state, "running");
  EXPECT_EQ(tasks[0].try_number, 2);
  for (const TaskRow& task : tasks) {
    if (task.task_instance_id.ends_with("0")) {
      EXPECT_TRUE(task.task_id.ends_with("_17"));
      EXPECT_EQ(task.state, "") << "it is not active any more";
    }
    if (task.task_instance_id.ends_with("2")) {
      EXPECT_EQ(task.task_id, tasks[0].task_id);
      EXPECT_EQ(task.run_id, "run");
      EXPECT_EQ(task.try_number, 1);
      EXPECT_EQ(task.state, "");
    }
  }
  // What was found is not asked for again, what is not there is for a while.
  EXPECT_THAT(lookup_->Take(10, clock_.SteadyNow()), ElementsAre(never));
  EXPECT_THAT(See(*collector).tasks, SizeIs(1));
  EXPECT_THAT(See(*collector).tasks, SizeIs(1));
  EXPECT_THAT(lookup_->Take(10, clock_.SteadyNow()), IsEmpty());
}

TEST_F(MetadataTasksTest, KeepsAskingUntilTheDatabaseAnswers) {
  MakeAirflow("3.1");
  const std::string id = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";
  Sql(InsertRun("run", "running"));
  Sql(InsertTasks(1, "success", "default"));
  Sql("UPDATE task_instance SET id = '" + id + "'");
  Want(id);
  const auto collector = MakeAskingCollector();
  EXPECT_THAT(See(*collector).tasks, SizeIs(1));
  Want(id);
  Sql("BEGIN; LOCK TABLE task_instance IN ACCESS EXCLUSIVE MODE");
  for (int round = 0; round < TaskLookup::kMostTimes; ++round) EXPECT_FALSE(Observe(*collector));
  Sql("ROLLBACK");
  EXPECT_THAT(See(*collector).tasks, SizeIs(1));
}

TEST_F(MetadataTasksTest, DoesWithoutTheHistoryWhereItIsNotGranted) {
  MakeAirflow("3.1");
  Sql("REVOKE SELECT ON task_instance_history FROM " + std::string(kRole));
  Want("0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10");
  const auto collector = MakeAskingCollector();
  EXPECT_THAT(
      See(*collector).problems,
      ElementsAre("task instances that were tried again cannot be read: SELECT on the table "
                  "task_instance_history is not granted"));
}

}  // namespace
}  // namespace airflow_host
