#include "exporter/insight/task_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/insight/task_memory_metrics.h"

namespace airflow_host {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kOne = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";
constexpr const char* kTwo = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e11";

SteadyTime At(SteadyTime::duration since) { return SteadyTime{} + hours(1000) + since; }

TaskIdentity Named(std::string dag_id, std::string task_id, std::string run_id = "run") {
  return {.task_instance_id = "",
          .dag_id = std::move(dag_id),
          .task_id = std::move(task_id),
          .run_id = std::move(run_id),
          .map_index = std::nullopt,
          .try_number = std::nullopt};
}

TaskIdentity WithId(const char* id) {
  TaskIdentity task;
  task.task_instance_id = id;
  return task;
}

ProcessSample Process(int pid, int parent_pid, std::optional<TaskIdentity> task,
                      std::uint64_t pss_bytes) {
  ProcessSample process;
  process.pid = pid;
  process.parent_pid = parent_pid;
  process.task = std::move(task);
  process.pss_bytes = pss_bytes;
  return process;
}

class TaskMemoryTest : public ::testing::Test {
 protected:
  TaskMemoryReport See(std::vector<ProcessSample> processes, SteadyTime::duration since) {
    ComponentObservation observation;
    observation.processes = std::move(processes);
    memory_.Absorb(observation, names_, At(since));
    return memory_.Report(At(since));
  }

  TaskNames names_;
  TaskMemory memory_;
};

TEST(TaskBytes, TakesTheBestThatIsKnown) {
  ProcessSample process;
  EXPECT_EQ(TaskBytes(process), 0U);
  process.rss_bytes = 900;
  EXPECT_EQ(TaskBytes(process), 900U);
  process.anon_bytes = 600;
  EXPECT_EQ(TaskBytes(process), 600U);
  process.pss_bytes = 500;
  EXPECT_EQ(TaskBytes(process), 500U);
}

TEST_F(TaskMemoryTest, IsNothingWithoutTasks) {
  const TaskMemoryReport report = See({Process(1, 0, std::nullopt, 100)}, seconds(0));
  EXPECT_THAT(report.tasks, IsEmpty());
  EXPECT_THAT(report.peaks, IsEmpty());
}

TEST_F(TaskMemoryTest, SumsUpATaskAndKeepsThePeakOfOneInstance) {
  const TaskIdentity mapped = Named("dag", "mapped");
  const TaskMemoryReport report = See(
      {
          Process(10, 1, std::nullopt, 1000),  // A worker's pool child.
          Process(20, 10, mapped, 100),
          Process(21, 20, mapped, 30),   // What the task started.
          Process(22, 21, mapped, 7),    // And what that started.
          Process(30, 11, mapped, 200),  // Another instance, with the same names.
          Process(40, 11, Named("dag", "small"), 5),
          Process(50, 11, Named("other dag", "t"), 50),
      },
      seconds(0));
  EXPECT_THAT(report.tasks,
              ElementsAre(TaskMemoryRow{"dag", "mapped", 337}, TaskMemoryRow{"other dag", "t", 50},
                          TaskMemoryRow{"dag", "small", 5}));
  EXPECT_THAT(report.peaks, ElementsAre(DagMemoryPeak{"dag", 200}, DagMemoryPeak{"other dag", 50}));
}

TEST_F(TaskMemoryTest, KeepsTriesApartThatStandAboveEachOther) {
  TaskIdentity above = Named("dag", "done");
  above.task_instance_id = kOne;
  TaskIdentity below = Named("dag", "runs");
  below.task_instance_id = kTwo;
  const TaskMemoryReport report =
      See({Process(10, 1, above, 40), Process(11, 10, below, 60),
           Process(20, 1, Named("a", "t"), 1), Process(21, 20, Named("b", "t"), 2)},
          seconds(0));
  EXPECT_THAT(report.tasks,
              ElementsAre(TaskMemoryRow{"dag", "runs", 60}, TaskMemoryRow{"dag", "done", 40},
                          TaskMemoryRow{"b", "t", 2}, TaskMemoryRow{"a", "t", 1}));
  EXPECT_EQ(report.peaks.at(0), (DagMemoryPeak{"dag", 60}));
}

TEST_F(TaskMemoryTest, BearsParentsThatFormARing) {
  const TaskIdentity task = Named("dag", "t");
  const TaskMemoryReport report =
      See({Process(1, 2, task, 1), Process(2, 1, task, 2), Process(3, 3, task, 4)}, seconds(0));
  EXPECT_THAT(report.tasks, ElementsAre(TaskMemoryRow{"dag", "t", 7}));
}

TEST_F(TaskMemoryTest, PutsAllButTheTenHeaviestIntoOther) {
  std::vector<ProcessSample> processes;
  for (int number = 1; number <= 10; ++number) {
    processes.push_back(Process(number, 0, Named("dag", "t" + std::to_string(number)), 100));
  }
  EXPECT_EQ(See(processes, seconds(0)).tasks.size(), 10U);
  processes.push_back(Process(11, 0, Named("dag", "heavy"), 500));
  processes.push_back(Process(12, 0, Named("dag", "light"), 1));
  const auto tasks = See(processes, seconds(1)).tasks;
  ASSERT_EQ(tasks.size(), 11U);
  EXPECT_EQ(tasks[0], (TaskMemoryRow{"dag", "heavy", 500}));
  EXPECT_EQ(tasks[10], (TaskMemoryRow{"other", "other", 101}));
  // A task of that name does not make the series stand there twice.
  processes.push_back(Process(13, 0, Named("other", "other"), 900));
  const auto named = See(processes, seconds(2)).tasks;
  ASSERT_EQ(named.size(), 10U);
  EXPECT_EQ(named[0], (TaskMemoryRow{"other", "other", 900 + 201}));
}

TEST_F(TaskMemoryTest, KeepsThePeakForADay) {
  const auto peak = [&](SteadyTime::duration since) {
    const auto peaks = memory_.Report(At(since)).peaks;
    return peaks.empty() ? 0 : peaks[0].bytes;
  };
  See({Process(1, 0, Named("dag", "t"), 100)}, minutes(0));
  See({Process(1, 0, Named("dag", "t"), 900)}, minutes(59));
  See({Process(1, 0, Named("dag", "t"), 200)}, hours(5));
  See({}, hours(6));
  EXPECT_EQ(peak(hours(6)), 900U);
  EXPECT_EQ(peak(hours(24)), 900U);
  EXPECT_EQ(peak(hours(25)), 200U);
  EXPECT_EQ(peak(hours(29)), 200U);
  EXPECT_EQ(peak(hours(30)), 0U);
  See({Process(1, 0, Named("dag", "t"), 7)}, hours(100));
  EXPECT_EQ(peak(hours(100)), 7U);
}

TEST_F(TaskMemoryTest, WaitsForThePssBeforeItCountsAPeak) {
  ProcessSample young = Process(20, 10, Named("dag", "t"), 0);
  young.pss_bytes.reset();
  young.anon_bytes = 900;
  const TaskMemoryReport first = See({young}, seconds(0));
  EXPECT_THAT(first.tasks, ElementsAre(TaskMemoryRow{"dag", "t", 900}));
  EXPECT_THAT(first.peaks, IsEmpty());
  ProcessSample known = young;
  known.pss_bytes = 400;
  EXPECT_THAT(See({known}, seconds(5)).peaks, ElementsAre(DagMemoryPeak{"dag", 400}));
  EXPECT_THAT(See({}, seconds(10)).peaks, ElementsAre(DagMemoryPeak{"dag", 400}));
}

TEST_F(TaskMemoryTest, CountsAnEstimateWhereThePssNeverComes) {
  ProcessSample denied = Process(20, 10, Named("dag", "t"), 0);
  denied.pss_bytes.reset();
  denied.anon_bytes = 900;
  See({denied}, seconds(0));
  denied.anon_bytes = 700;
  EXPECT_THAT(See({denied}, seconds(30)).peaks, IsEmpty());
  EXPECT_THAT(See({denied}, seconds(65)).peaks, ElementsAre(DagMemoryPeak{"dag", 700}));
  EXPECT_THAT(See({}, seconds(70)).peaks, ElementsAre(DagMemoryPeak{"dag", 900}));
  // It has the same pid and is another.
  denied.start_ticks = 77;
  denied.anon_bytes = 5000;
  See({denied}, seconds(75));
  denied.start_ticks = 78;
  denied.anon_bytes = 1;
  EXPECT_THAT(See({denied}, seconds(80)).peaks, ElementsAre(DagMemoryPeak{"dag", 5000}));
}

TEST_F(TaskMemoryTest, CountsTasksWithoutNamesAsUnknownAndTheirPeaksOnceTheyHaveThem) {
  // It is killed before the metadata database was asked.
  const TaskMemoryReport before =
      See({Process(1, 0, WithId(kOne), 700), Process(2, 1, WithId(kOne), 50),
           Process(3, 0, WithId(kTwo), 20), Process(4, 0, TaskIdentity{}, 3)},
          seconds(0));
  EXPECT_THAT(before.tasks, ElementsAre(TaskMemoryRow{"unknown", "unknown", 773}));
  EXPECT_THAT(before.peaks, IsEmpty());
  EXPECT_THAT(See({}, seconds(5)).peaks, IsEmpty());
  MetadataObservation metadata;
  metadata.tasks.resize(1);
  metadata.tasks[0].task_instance_id = kOne;
  metadata.tasks[0].dag_id = "hungry";
  metadata.tasks[0].task_id = "t";
  names_.Absorb(metadata, At(seconds(12)));
  EXPECT_THAT(See({}, seconds(15)).peaks, ElementsAre(DagMemoryPeak{"hungry", 750}));
  // Nobody waits for the other one's name for ever.
  See({}, minutes(20));
  metadata.tasks[0].task_instance_id = kTwo;
  metadata.tasks[0].dag_id = "late";
  names_.Absorb(metadata, At(minutes(21)));
  EXPECT_THAT(See({}, minutes(22)).peaks, ElementsAre(DagMemoryPeak{"hungry", 750}));
}

TEST_F(TaskMemoryTest, DropsTheLowestOfTooManyPeaks) {
  std::vector<ProcessSample> processes;
  const int dags = static_cast<int>(TaskMemory::kMostDags) + 100;
  processes.reserve(TaskMemory::kMostDags + 100);
  for (int number = 0; number < dags; ++number) {
    processes.push_back(Process(number + 1, 0, Named("dag" + std::to_string(number), "t"),
                                1000U + static_cast<unsigned>(number)));
  }
  auto peaks = See(processes, seconds(0)).peaks;
  ASSERT_EQ(peaks.size(), 10U);
  EXPECT_EQ(peaks[0], (DagMemoryPeak{"dag299", 1299}));
  EXPECT_EQ(peaks[9], (DagMemoryPeak{"dag290", 1290}));
  // Enough are left for the next ones to come up when the highest leave the day.
  See({Process(1, 0, Named("dag299", "t"), 5)}, hours(1));
  peaks = memory_.Report(At(hours(24))).peaks;
  EXPECT_EQ(peaks[0], (DagMemoryPeak{"dag299", 1299}));
}

TEST_F(TaskMemoryTest, KnowsTheLargestTryOfTheDayWithNameOrWithout) {
  EXPECT_EQ(See({}, seconds(0)).largest_bytes, std::nullopt);
  ProcessSample runner = Process(2, 1, WithId(kOne), 200);
  runner.swap_bytes = 50;
  // A tree of two, one of which is partly swapped out, and another task.
  EXPECT_EQ(
      See({Process(1, 0, WithId(kOne), 100), runner, Process(3, 0, WithId(kTwo), 300)}, seconds(5))
          .largest_bytes,
      350U);
  EXPECT_EQ(See({}, hours(23)).largest_bytes, 350U);
  EXPECT_EQ(See({Process(4, 0, Named("small", "t"), 10)}, hours(26)).largest_bytes, 10U);
}

TEST_F(TaskMemoryTest, AnEstimateOfATaskThatEndedCountsForTheLargestToo) {
  ProcessSample process = Process(1, 0, Named("dag", "t"), 0);
  process.pss_bytes.reset();
  process.anon_bytes = 700;
  EXPECT_EQ(See({process}, seconds(0)).largest_bytes, std::nullopt);
  EXPECT_EQ(See({}, seconds(5)).largest_bytes, 700U);
}

TEST_F(TaskMemoryTest, ShowsNoSeriesTwiceHoweverLongTheNames) {
  const std::string longest(MetricWriter::kLongestLabelValue, 'd');
  const TaskMemoryReport report = See({Process(1, 0, Named(longest + "1", "t\x01"), 1),
                                       Process(2, 0, Named(longest + "2", "t\xff"), 2)},
                                      seconds(0));
  EXPECT_THAT(report.tasks, ElementsAre(TaskMemoryRow{longest, "t?", 3}));
  EXPECT_THAT(report.peaks, ElementsAre(DagMemoryPeak{longest, 2}));
}

TEST(DescribeTaskMemory, WritesEveryRow) {
  TaskMemoryReport report;
  report.tasks = {{"dag", "heavy", 5}, {"other", "other", 2}};
  report.peaks = {{"dag", 9}};
  MetricWriter writer(100);
  DescribeTaskMemory(report, writer);
  const auto families = writer.Take();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name, "airflow_task_memory_pss_bytes");
  ASSERT_EQ(families[0].metric.size(), 2U);
  EXPECT_EQ(families[0].metric[1].label[0].value, "other");
  EXPECT_EQ(families[0].metric[1].gauge.value, 2);
  EXPECT_EQ(families[1].name, "airflow_task_memory_peak_bytes");
  EXPECT_EQ(families[1].metric.at(0).gauge.value, 9);
}

}  // namespace
}  // namespace airflow_host
