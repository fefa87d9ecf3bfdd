#include "exporter/insight/workers_required.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The same rows, what the Helm chart's query makes of them, and what we do. The query, with the
/// clause that the chart adds for the executors:
///   SELECT ceil(COUNT(*)::decimal / 4) FROM task_instance
///   WHERE (state='running' OR state='queued') AND queue IN ('default')
///     AND executor IS DISTINCT FROM 'KubernetesExecutor'
/// (tests/integration/test_sizing.py runs it on PostgreSQL.)
const std::vector<TaskInstanceCount> kRows = {
    {"running", "default", "", 5},
    {"queued", "default", "", 2},
    {"queued", "default", "CeleryExecutor", 1},
    {"queued", "default", "KubernetesExecutor", 7},
    {"running", "default", "KubernetesExecutor", 4},
    {"scheduled", "default", "", 40},
    {"deferred", "default", "", 9},
    {"up_for_retry", "default", "", 3},
    {"queued", "high", "", 1},
    {"running", "idle", "", 0},
    {"queued", "pods", "KubernetesExecutor", 6},
    {"queued", "", "", 11},  // NULL: `queue IN (...)` is not true of it.
};

std::vector<QueueWorkers> Required(std::string_view executors, std::uint32_t concurrency,
                                   std::string_view kubernetes_queue = "kubernetes") {
  return WorkersRequired(kRows, Executors(executors, kubernetes_queue), concurrency);
}

TEST(WorkersRequired, IsTheResultOfTheChartsQueryOnTheSameRows) {
  // default: 5 + 2 + 1 = 8 rows, ceil(8 / 4) = 2; high: ceil(1 / 4) = 1; the other two: 0.
  EXPECT_THAT(Required("CeleryExecutor,KubernetesExecutor", 4),
              ElementsAre(QueueWorkers{"default", 2}, QueueWorkers{"high", 1},
                          QueueWorkers{"idle", 0}, QueueWorkers{"pods", 0}));
  // ceil(8 / 3) = 3 and ceil(8 / 16) = 1.
  EXPECT_EQ(Required("CeleryExecutor,KubernetesExecutor", 3)[0], (QueueWorkers{"default", 3}));
  EXPECT_EQ(Required("CeleryExecutor,KubernetesExecutor", 16)[0], (QueueWorkers{"default", 1}));
  EXPECT_EQ(Required("CeleryExecutor,KubernetesExecutor", 1)[0], (QueueWorkers{"default", 8}));
}

TEST(WorkersRequired, IsAmazonsFormulaForOneQueue) {
  // (tasks running + tasks queued) / (tasks per worker), rounded up: (70 + 35) / 10.
  const std::vector<TaskInstanceCount> rows = {{"running", "default", "", 70},
                                               {"queued", "default", "", 35}};
  EXPECT_THAT(WorkersRequired(rows, Executors("CeleryExecutor"), 10),
              ElementsAre(QueueWorkers{"default", 11}));
}

TEST(WorkersRequired, LeavesTheQueueOfPodsToKubernetes) {
  // The chart's clause for this executor: AND queue != 'pods'.
  EXPECT_THAT(
      Required("CeleryKubernetesExecutor", 4, "pods"),
      ElementsAre(QueueWorkers{"default", 2}, QueueWorkers{"high", 1}, QueueWorkers{"idle", 0}));
}

TEST(WorkersRequired, GivesTasksOfNoExecutorToTheFirst) {
  // The chart's query would count the rows without an executor, which Kubernetes runs here.
  EXPECT_THAT(Required("KubernetesExecutor,CeleryExecutor", 4),
              ElementsAre(QueueWorkers{"default", 1}, QueueWorkers{"high", 0},
                          QueueWorkers{"idle", 0}, QueueWorkers{"pods", 0}));
}

TEST(WorkersRequired, CountsTheQueuesBeyondTheLimitOnlyWhereAllTasksAreCelerys) {
  const auto required = [](std::string_view executors, std::uint64_t others) {
    const std::vector<TaskInstanceCount> rows = {{"queued", "default", "", 5},
                                                 {"queued", "other", "other", others},
                                                 {"scheduled", "other", "other", 7}};
    return WorkersRequired(rows, Executors(executors), 4);
  };
  const QueueWorkers of_default{"default", 2};
  EXPECT_THAT(required("CeleryExecutor", 9), ElementsAre(of_default, QueueWorkers{"other", 3}));
  for (const char* executors : {"CeleryExecutor,KubernetesExecutor", "CeleryKubernetesExecutor",
                                "KubernetesExecutor,CeleryExecutor", ""}) {
    EXPECT_EQ(required(executors, 0).back(), (QueueWorkers{"other", 0})) << executors;
    EXPECT_EQ(required(executors, 9).back().queue, "default") << executors;
  }
}

TEST(WorkersRequired, SaysNothingWhereThereAreNoQueues) {
  EXPECT_THAT(WorkersRequired({}, Executors("CeleryExecutor"), 16), IsEmpty());
}

}  // namespace
}  // namespace airflow_host
