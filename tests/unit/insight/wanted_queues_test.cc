#include "exporter/insight/wanted_queues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WantedQueues, AreThoseOfActiveTasks) {
  MetadataObservation observation;
  const Executors executors("CeleryExecutor,KubernetesExecutor");
  EXPECT_THAT(WantedQueues(observation, executors), IsEmpty());
  observation.task_instances = {
      {.state = "queued", .queue = "high", .executor = "", .count = 2},
      {.state = "queued", .queue = "default", .executor = ""},
      {.state = "running", .queue = "high", .executor = "", .count = 1},
      {.state = "running", .queue = "", .executor = "", .count = 1},
      {.state = "queued", .queue = "pods", .executor = "KubernetesExecutor", .count = 4},
      {.state = "queued", .queue = "other", .executor = "", .count = 3}};
  EXPECT_THAT(WantedQueues(observation, executors), ElementsAre("high", "default"));
}

TEST(WantedQueues, LeavesOutTheOneThatKubernetesWorksOff) {
  MetadataObservation observation;
  observation.task_instances = {
      {.state = "queued", .queue = "pods", .executor = "", .count = 2},
      {.state = "queued", .queue = "default", .executor = "", .count = 1}};
  EXPECT_THAT(WantedQueues(observation, Executors("CeleryKubernetesExecutor", "pods")),
              ElementsAre("default"));
}

}  // namespace
}  // namespace airflow_host
