#include "exporter/insight/task_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kOne = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";
constexpr const char* kTwo = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e11";

SteadyTime At(int second) { return SteadyTime{} + std::chrono::hours(1) + seconds(second); }

TaskRow RowOf(std::string id, std::string task_id) {
  TaskRow row;
  row.task_instance_id = std::move(id);
  row.dag_id = "dag";
  row.task_id = std::move(task_id);
  row.run_id = "run";
  row.map_index = 3;
  row.try_number = 2;
  return row;
}

TaskIdentity Identity(std::string id, std::string dag_id = "", std::string task_id = "") {
  TaskIdentity task;
  task.task_instance_id = std::move(id);
  task.dag_id = std::move(dag_id);
  task.task_id = std::move(task_id);
  return task;
}

std::shared_ptr<ComponentObservation> Processes(std::vector<TaskIdentity> tasks) {
  auto observation = std::make_shared<ComponentObservation>();
  observation->processes.resize(tasks.size() + 1);  // The last has no task.
  for (std::size_t at = 0; at < tasks.size(); ++at) observation->processes[at].task = tasks[at];
  observation->host_processes = 77;
  return observation;
}

TEST(TaskNames, FillsInACopyAndAsksForTheRest) {
  const auto lookup = std::make_shared<TaskLookup>();
  TaskNames names(lookup);
  MetadataObservation metadata;
  metadata.tasks = {RowOf(kOne, "extract"), RowOf("", "of Airflow 2")};
  names.Absorb(metadata, At(0));

  const auto seen =
      Processes({Identity(kOne), Identity(kTwo), Identity("", "d", "t"), Identity("")});
  const auto named = names.Name(seen, At(1));
  ASSERT_NE(named, seen);
  EXPECT_EQ(named->processes[0].task, (TaskIdentity{.task_instance_id = kOne,
                                                    .dag_id = "dag",
                                                    .task_id = "extract",
                                                    .run_id = "run",
                                                    .map_index = 3,
                                                    .try_number = 2}));
  for (const std::size_t same : {1U, 2U, 3U, 4U}) {
    EXPECT_EQ(named->processes[same].task, seen->processes[same].task);
  }
  EXPECT_EQ(named->host_processes, 77U);
  EXPECT_FALSE(seen->processes[0].task->Named()) << "what was given stays as it is";
  EXPECT_THAT(lookup->Take(10, At(1)), ElementsAre(kTwo));
}

TEST(TaskNames, GivesBackTheSameWhereNothingIsToFillIn) {
  TaskNames names;
  const auto nothing = Processes({});
  EXPECT_EQ(names.Name(nothing, At(0)), nothing);
  const auto unknown = Processes({Identity(kOne)});
  EXPECT_EQ(names.Name(unknown, At(0)), unknown);
}

TEST(TaskNames, FindsTheNamesOfWhatHasGone) {
  const auto lookup = std::make_shared<TaskLookup>();
  TaskNames names(lookup);
  EXPECT_EQ(names.FindOrAsk(kOne, At(0)), nullptr);
  EXPECT_EQ(names.FindOrAsk("", At(0)), nullptr);
  EXPECT_EQ(names.Find(kTwo, At(0)), nullptr);
  const auto asked = lookup->Take(10, At(1));
  EXPECT_THAT(asked, ElementsAre(kOne));
  MetadataObservation metadata;
  metadata.tasks = {RowOf(kOne, "killed")};
  lookup->Answered(asked, metadata.tasks, At(2));
  names.Absorb(metadata, At(2));
  ASSERT_NE(names.FindOrAsk(kOne, At(3)), nullptr);
  EXPECT_EQ(names.FindOrAsk(kOne, At(3))->task_id, "killed");
  EXPECT_THAT(lookup->Take(10, At(3)), IsEmpty());
}

TEST(TaskNames, ForgetsWhatWasUsedLongestAgo) {
  TaskNames names;
  MetadataObservation metadata;
  const auto id = [](std::size_t number) { return "id " + std::to_string(number); };
  metadata.tasks = {RowOf(kOne, "used"), RowOf(kTwo, "not used")};
  names.Absorb(metadata, At(0));
  names.Find(kOne, At(9));
  metadata.tasks.clear();
  for (std::size_t number = 0; number < TaskNames::kMostNames - 1; ++number) {
    metadata.tasks.push_back(RowOf(id(number), "t"));
  }
  names.Absorb(metadata, At(8));
  EXPECT_NE(names.Find(kOne, At(10)), nullptr);
  EXPECT_EQ(names.Find(kTwo, At(10)), nullptr);
  EXPECT_NE(names.Find(id(0), At(10)), nullptr);
}

}  // namespace
}  // namespace airflow_host
