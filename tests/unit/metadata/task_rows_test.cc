#include "collectors/metadata/task_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/make_row.h"

namespace airflow_host {
namespace {

constexpr const char* kOne = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";
constexpr const char* kTwo = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e11";

TEST(ReadTasks, ReadsEveryColumn) {
  const std::vector<DatabaseRow> rows = {MakeRow(
      "task",
      {kOne, "dag", "task", "run", "running", "default", "worker-0", "5d2c", "KubernetesExecutor"},
      {"3", "2", "4711", "1700000000.5", "1700000003"})};
  const auto tasks = ReadTasks(rows);
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].task_instance_id, kOne);
  EXPECT_EQ(tasks[0].dag_id, "dag");
  EXPECT_EQ(tasks[0].task_id, "task");
  EXPECT_EQ(tasks[0].run_id, "run");
  EXPECT_EQ(tasks[0].state, "running");
  EXPECT_EQ(tasks[0].queue, "default");
  EXPECT_EQ(tasks[0].hostname, "worker-0");
  EXPECT_EQ(tasks[0].external_executor_id, "5d2c");
  EXPECT_EQ(tasks[0].executor, "KubernetesExecutor");
  EXPECT_EQ(tasks[0].map_index, 3);
  EXPECT_EQ(tasks[0].try_number, 2);
  EXPECT_EQ(tasks[0].pid, 4711);
  EXPECT_EQ(tasks[0].queued_at, FromSecondsSinceEpoch(1700000000.5));
  EXPECT_EQ(tasks[0].started_at, FromSecondsSinceEpoch(1700000003));
}

TEST(ReadTasks, BearsWhatIsMissingOrWrong) {
  const std::vector<DatabaseRow> rows = {
      MakeRow("task", {"", "dag", "a", "", "queued"}, {"-1"}),
      MakeRow("task", {"not an id", "dag", "b"}, {"1e9", "-5", "99999999999", "x", "1e300"}),
      MakeRow("task", {kOne, "", "no dag"}, {}),
      MakeRow("task", {kOne, "no task", ""}, {}),
      MakeRow("task_by_id", {"not an id", "dag", "c"}, {}),
      MakeRow("tasks", {kOne, "dag", "d"}, {}),
      DatabaseRow(kRowColumns),
  };
  const auto tasks = ReadTasks(rows);
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].task_id, "a");
  EXPECT_EQ(tasks[0].task_instance_id, "");
  EXPECT_EQ(tasks[0].executor, "");
  EXPECT_EQ(tasks[0].map_index, std::nullopt);
  EXPECT_EQ(tasks[0].try_number, std::nullopt);
  EXPECT_EQ(tasks[0].started_at, std::nullopt);
  EXPECT_EQ(tasks[1].task_instance_id, "");
  EXPECT_EQ(tasks[1].map_index, 1'000'000'000);
  EXPECT_EQ(tasks[1].try_number, std::nullopt);
  EXPECT_EQ(tasks[1].pid, std::nullopt);
  EXPECT_EQ(tasks[1].queued_at, std::nullopt);
  EXPECT_EQ(tasks[1].started_at, std::nullopt);
}

TEST(ReadTasks, PutsTheOldestRunningFirstAndTheAskedForLast) {
  const auto task = [](const char* section, const char* id, const char* name, const char* state,
                       const char* queued, const char* started) {
    return MakeRow(section, {id, "dag", name, "run", state}, {"", "", "", queued, started});
  };
  const std::vector<DatabaseRow> rows = {
      task("task_by_id", kTwo, "ended", "", "", ""),
      task("task", "", "young in queue", "queued", "200", "1"),
      task("task", "", "without a time", "queued", "", ""),
      task("task", "", "old in queue", "queued", "100", ""),
      task("task", "", "started now", "running", "1", "400"),
      task("task", kOne, "started before", "running", "50", "300"),
      task("task_by_id", kOne, "found already", "running", "50", "300"),
      task("task_by_id", kTwo, "in the history, too", "", "", ""),
  };
  std::vector<std::string> names;
  for (const TaskRow& row : ReadTasks(rows)) names.push_back(row.task_id);
  EXPECT_EQ(names, (std::vector<std::string>{"started before", "started now", "old in queue",
                                             "young in queue", "without a time", "ended"}));
}

TEST(ReadTasks, IsBoundedAndKeepsLongKeysWhole) {
  const std::string longest(1000, 'h');
  std::vector<DatabaseRow> rows(
      1500, MakeRow("task", {"", longest, "t", std::string(250, 'r'), "queued", "q", longest}, {}));
  rows.push_back(MakeRow("task_by_id", {kOne, "dag", "t\x01\xff"}, {}));
  const auto tasks = ReadTasks(rows);
  ASSERT_EQ(tasks.size(), MetadataObservation::kMostTasks + 1);
  EXPECT_EQ(tasks[0].dag_id, longest);
  EXPECT_EQ(tasks[0].run_id.size(), 250U);
  EXPECT_EQ(tasks.back().task_id, "t??");
}

}  // namespace
}  // namespace airflow_host
