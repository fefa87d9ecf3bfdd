#include "collectors/container/container_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <set>

namespace airflow_host {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Page(const ContainerObservation* observation) {
  MetricWriter writer(10'000);
  DescribeContainer(CollectorStatus{}, observation, writer);
  return prometheus::TextSerializer().Serialize(writer.Take());
}

Container Worker() {
  Container container;
  container.id = std::string(64, 'a');
  container.name = "proj-worker-1";
  container.compose_project = "proj";
  container.compose_service = "worker";
  container.memory.usage = 1000;
  container.memory.swap = 0;
  container.events_of_key.oom_kill = 3;
  container.memory_pressure.some = std::chrono::microseconds(2'500'000);
  container.processes = 7;
  container.started_at = FromSecondsSinceEpoch(1731800400);
  return container;
}

TEST(DescribeContainer, WritesWhatIsKnownAndNothingElse) {
  ContainerObservation observation;
  observation.cgroup_version = "v2";
  observation.containers = {Worker()};
  const std::string page = Page(&observation);
  const std::string labels =
      R"({container="proj-worker-1",compose_project="proj",compose_service="worker")";
  EXPECT_THAT(page, HasSubstr("airflow_container_memory_usage_bytes" + labels + "} 1000\n"));
  EXPECT_THAT(page, HasSubstr("airflow_container_memory_swap_bytes" + labels + "} 0\n"));
  EXPECT_THAT(page, HasSubstr("airflow_container_oom_kills_total" + labels + "} 3\n"));
  EXPECT_THAT(page, HasSubstr("airflow_container_memory_events_total" + labels +
                              R"(,event="oom_kill"} 3)"));
  EXPECT_THAT(page, HasSubstr("airflow_container_pressure_stalled_seconds_total" + labels +
                              R"(,resource="memory",kind="some"} 2.5)"));
  EXPECT_THAT(page, HasSubstr("airflow_container_processes" + labels + "} 7\n"));
  EXPECT_THAT(page,
              HasSubstr("airflow_container_start_timestamp_seconds" + labels + "} 1731800400\n"));
  EXPECT_THAT(page, HasSubstr("airflow_container_info" + labels +
                              R"(,runtime="docker",cgroup_version="v2"} 1)"));
  EXPECT_THAT(page, Not(HasSubstr("limit_bytes")));
  EXPECT_THAT(page, Not(HasSubstr(R"(event="low")")));
  EXPECT_THAT(page, Not(HasSubstr(R"(kind="full")")));
}

TEST(DescribeContainer, LabelsAPodsContainerAsCadvisorDoes) {
  Container container = Worker();
  container.pod = "airflow-worker-0";
  container.pod_namespace = "airflow";
  container.component = "celery_worker";
  ContainerObservation observation;
  observation.cgroup_version = "v2";
  observation.containers = {container};
  const std::string page = Page(&observation);
  EXPECT_THAT(page, HasSubstr(R"({container="proj-worker-1",namespace="airflow",)"
                              R"(pod="airflow-worker-0"} 1000)"));
  EXPECT_THAT(page, HasSubstr(R"(component="celery_worker")"));
  EXPECT_THAT(page, Not(HasSubstr("compose_")));
}

TEST(DescribeContainer, WritesNothingWithoutAnObservation) { EXPECT_EQ(Page(nullptr), ""); }

TEST(DescribeContainer, DescribesAtMostFiveHundred) {
  ContainerObservation observation;
  for (int at = 0; at < 501; ++at) {
    observation.containers.push_back(Worker());
    observation.containers.back().name = "c" + std::to_string(at);
  }
  MetricWriter writer(100'000);
  DescribeContainer(CollectorStatus{}, &observation, writer);
  const auto families = writer.Take();
  ASSERT_FALSE(families.empty());
  EXPECT_EQ(families.front().metric.size(), 500U);
}

TEST(ContainerMetrics, AreNamedOnceAndKeepTheRules) {
  std::set<std::string> names;
  for (const MetricDescription& metric : ContainerMetrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    const std::string help = metric.help;
    EXPECT_EQ(help.find_first_of("\\\n"), std::string::npos) << metric.name;
    EXPECT_EQ(metric.type == prometheus::MetricType::Counter,
              std::string(metric.name).ends_with("_total"))
        << metric.name;
  }
  EXPECT_EQ(names.size(), 19U);
}

}  // namespace
}  // namespace airflow_host
