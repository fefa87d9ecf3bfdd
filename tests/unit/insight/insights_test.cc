// What the insights make of observations together.
#include "exporter/insight/insights.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

constexpr const char* kId = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";

std::shared_ptr<const ComponentObservation> OneTask() {
  auto observation = std::make_shared<ComponentObservation>();
  observation->processes.resize(1);
  observation->processes[0].pid = 7;
  observation->processes[0].pss_bytes = 4096;
  observation->processes[0].task.emplace().task_instance_id = kId;
  return observation;
}

std::string DagOfMemory(const Insights& insights) {
  MetricWriter writer(1000);
  insights.Describe(writer);
  for (const auto& family : writer.Take()) {
    if (family.name == "airflow_task_memory_pss_bytes") return family.metric[0].label[0].value;
  }
  return "(absent)";
}

TEST(Insights, NameTheTaskOfAProcessOnceItsIdWasAskedFor) {
  ManualClock clock;
  const auto lookup = std::make_shared<TaskLookup>();
  Insights insights(InsightSettings{.trend = {}, .task_lookup = lookup}, clock);
  const auto first = OneTask();
  EXPECT_EQ(insights.Absorb(first), first);
  EXPECT_EQ(DagOfMemory(insights), "unknown");
  const auto asked = lookup->Take(10, clock.SteadyNow());
  ASSERT_EQ(asked, std::vector<std::string>{kId});

  auto metadata = std::make_shared<MetadataObservation>();
  metadata->tasks.resize(1);
  metadata->tasks[0].task_instance_id = kId;
  metadata->tasks[0].dag_id = "orders";
  metadata->tasks[0].task_id = "extract";
  EXPECT_EQ(insights.Absorb(metadata), metadata);

  const auto second =
      std::dynamic_pointer_cast<const ComponentObservation>(insights.Absorb(OneTask()));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->processes[0].task->dag_id, "orders");
  EXPECT_EQ(DagOfMemory(insights), "orders");
  // What is old is not shown as if it were now.
  clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(DagOfMemory(insights), "(absent)");
}

TEST(Insights, SizeUpByTheLargestTaskThatWasSeen) {
  ManualClock clock;
  InsightSettings settings;
  settings.execution.worker_concurrency = 16;
  Insights insights(settings, clock);
  auto host = std::make_shared<HostObservation>();
  host->memory.available_bytes = 2'000'000'000;
  SizingSources sources;
  sources.host = host;
  sources.components = OneTask();
  EXPECT_EQ(insights.Size(sources).worker_concurrency, 16U);
  EXPECT_EQ(insights.Size(sources).task_headroom, std::nullopt);
  auto large = std::make_shared<ComponentObservation>(*OneTask());
  large->processes[0].pss_bytes = 900'000'000;
  insights.Absorb(large);
  insights.Absorb(OneTask());
  EXPECT_EQ(insights.Size(sources).task_headroom, 2U);
}

std::string ComponentOfContainer(Insights& insights) {
  auto containers = std::make_shared<ContainerObservation>();
  containers->containers.resize(1);
  containers->containers[0].cgroup_path = "/docker/a";
  const auto named =
      std::dynamic_pointer_cast<const ContainerObservation>(insights.Absorb(containers));
  return named->containers.at(0).component;
}

TEST(Insights, DoNotNameAContainerByProcessesOfLongAgo) {
  ManualClock clock;
  Insights insights(InsightSettings{}, clock);
  auto components = std::make_shared<ComponentObservation>();
  components->processes.resize(1);
  components->processes[0].component = Component::kScheduler;
  components->processes[0].is_main = true;
  components->processes[0].cgroup_path = "/docker/a";
  insights.Absorb(components);
  EXPECT_EQ(ComponentOfContainer(insights), "scheduler");
  clock.Advance(std::chrono::seconds(20));
  EXPECT_EQ(ComponentOfContainer(insights), "scheduler");
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(ComponentOfContainer(insights), "");
}

}  // namespace
}  // namespace airflow_host
