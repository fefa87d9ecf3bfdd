// What the insights make of observations together.
#include "exporter/insight/insights.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

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
  EXPECT_EQ(insights.Absorb(first, clock.SteadyNow()), first);
  EXPECT_EQ(DagOfMemory(insights), "unknown");
  const auto asked = lookup->Take(10, clock.SteadyNow());
  ASSERT_EQ(asked, std::vector<std::string>{kId});

  auto metadata = std::make_shared<MetadataObservation>();
  metadata->tasks.resize(1);
  metadata->tasks[0].task_instance_id = kId;
  metadata->tasks[0].dag_id = "orders";
  metadata->tasks[0].task_id = "extract";
  EXPECT_EQ(insights.Absorb(metadata, clock.SteadyNow()), metadata);

  const auto second = std::dynamic_pointer_cast<const ComponentObservation>(
      insights.Absorb(OneTask(), clock.SteadyNow()));
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
  insights.Absorb(host, clock.SteadyNow());
  EXPECT_EQ(insights.Size({}).worker_concurrency, 16U);
  EXPECT_EQ(insights.Size({}).task_headroom, std::nullopt) << "no task was seen";
  auto large = std::make_shared<ComponentObservation>(*OneTask());
  large->processes[0].pss_bytes = 850'000'000;
  insights.Absorb(large, clock.SteadyNow());
  // 2000 and 850 MB, less a tenth, are three such tasks.
  EXPECT_EQ(insights.Size({}).task_headroom, 3U);
  clock.Advance(std::chrono::minutes(2));
  EXPECT_EQ(insights.Size({}).task_headroom, std::nullopt) << "of two minutes ago";
  insights.Absorb(OneTask(), clock.SteadyNow());
  EXPECT_EQ(insights.Size({}).task_headroom, std::nullopt) << "the host is not known any more";
  insights.Absorb(host, clock.SteadyNow());
  insights.Absorb(OneTask(), clock.SteadyNow());
  EXPECT_EQ(insights.Size({}).task_headroom, 2U);
}

std::string ComponentOfContainer(Insights& insights, const ManualClock& clock) {
  auto containers = std::make_shared<ContainerObservation>();
  containers->containers.resize(1);
  containers->containers[0].cgroup_path = "/docker/a";
  const auto named = std::dynamic_pointer_cast<const ContainerObservation>(
      insights.Absorb(containers, clock.SteadyNow()));
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
  insights.Absorb(components, clock.SteadyNow());
  EXPECT_EQ(ComponentOfContainer(insights, clock), "scheduler");
  clock.Advance(std::chrono::seconds(20));
  EXPECT_EQ(ComponentOfContainer(insights, clock), "scheduler");
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(ComponentOfContainer(insights, clock), "");
}

TEST(Insights, FillInTheVisibilityTimeoutOfTheReleaseThatIsSeen) {
  ManualClock clock;
  Insights insights(InsightSettings{.trend = {}}, clock);
  const auto filled = [&] {
    const auto absorbed = insights.Absorb(std::make_shared<BrokerObservation>(), clock.SteadyNow());
    return dynamic_cast<const BrokerObservation&>(*absorbed).visibility_timeout;
  };
  EXPECT_EQ(filled(), std::chrono::seconds(86'400));
  auto metadata = std::make_shared<MetadataObservation>();
  metadata->airflow_version = "2.9.2-2.9.3";
  insights.Absorb(metadata, clock.SteadyNow());
  EXPECT_EQ(filled(), std::chrono::seconds(21'600));
  auto components = std::make_shared<ComponentObservation>();
  components->install.installs.resize(1);
  components->install.installs[0].celery_provider = "3.10.0";
  insights.Absorb(components, clock.SteadyNow());
  EXPECT_EQ(filled(), std::chrono::seconds(84'600)) << "somebody has another provider";
}

InsightSettings OfCelery() {
  return InsightSettings{.trend = {}, .execution = {.executor = "CeleryExecutor"}};
}

/// A database with one task that has been queued for long, and a broker that knows nothing of it.
/// The wall clock is set forward by `step` during each reading.
void ReadBoth(Insights& insights, ManualClock& clock, std::chrono::seconds step = {}) {
  auto broker = std::make_shared<BrokerObservation>();
  broker->observed_at = clock.SystemNow() - step;
  broker->queues = {{"default", 0}};
  broker->unacked_messages = 0;
  broker->workers.emplace();
  insights.Absorb(broker, clock.SteadyNow());
  clock.Advance(std::chrono::seconds(5));
  auto metadata = std::make_shared<MetadataObservation>();
  metadata->observed_at = clock.SystemNow() - step;
  metadata->task_instances = {{"queued", "default", "", 1, 1}};
  metadata->task_instances_heartbeat_lost = 0;
  metadata->tasks.resize(1);
  metadata->tasks[0].state = "queued";
  metadata->tasks[0].queue = "default";
  const SteadyTime began = clock.SteadyNow();
  clock.Advance(std::chrono::milliseconds(20));
  insights.Absorb(metadata, began);
  clock.Advance(std::chrono::seconds(10));
}

std::set<std::string> NamesOf(const Insights& insights) {
  MetricWriter writer(1000);
  insights.Describe(writer);
  std::set<std::string> names;
  for (const auto& family : writer.Take()) names.insert(family.name);
  return names;
}

TEST(Insights, ReconcileWhileTheWallClockIsSet) {
  for (const std::chrono::seconds step : {std::chrono::hours(1), std::chrono::hours(-1)}) {
    ManualClock clock;
    Insights insights(OfCelery(), clock);
    for (int round = 0; round < 6; ++round) ReadBoth(insights, clock, step);
    ASSERT_EQ(insights.Reconciled().lost.size(), 1U) << step.count();
    EXPECT_EQ(insights.Reconciled().lost[0].tasks, 1U) << step.count();
  }
}

/// A host on which Airflow's processes are configured with `executor`.
std::shared_ptr<const ComponentObservation> Configured(const std::string& executor) {
  auto components = std::make_shared<ComponentObservation>();
  components->install.installs.resize(1);
  components->install.installs[0].executor = executor;
  return components;
}

TEST(Insights, ReconcileByTheExecutorsOfTheProcessesHere) {
  ManualClock clock;
  const auto lookup = std::make_shared<QueueLookup>();
  Insights insights(InsightSettings{.trend = {}, .queue_lookup = lookup}, clock);
  const auto round = [&](const char* executor) {
    insights.Absorb(Configured(executor), clock.SteadyNow());
    ReadBoth(insights, clock);
  };
  for (int rounds = 0; rounds < 6; ++rounds) round("KubernetesExecutor,CeleryExecutor");
  ASSERT_EQ(insights.Reconciled().lost.size(), 1U);
  EXPECT_EQ(insights.Reconciled().lost[0].tasks, 0U) << "the task is Kubernetes's";
  EXPECT_TRUE(lookup->Wanted().empty());
  for (int rounds = 0; rounds < 6; ++rounds) round("CeleryExecutor");
  ASSERT_EQ(insights.Reconciled().lost.size(), 1U);
  EXPECT_EQ(insights.Reconciled().lost[0].tasks, 1U);
  EXPECT_EQ(lookup->Wanted(), std::vector<std::string>{"default"});
  // The processes are not seen any more.
  for (int rounds = 0; rounds < 3; ++rounds) ReadBoth(insights, clock);
  EXPECT_TRUE(insights.Reconciled().lost.empty()) << "whose task it is is not known";
}

TEST(Insights, DropWhatTheyReconciledOnceItIsStale) {
  ManualClock clock;
  Insights insights(OfCelery(), clock);
  for (int round = 0; round < 6; ++round) ReadBoth(insights, clock);
  ASSERT_EQ(insights.Reconciled().lost.size(), 1U);
  EXPECT_EQ(insights.Reconciled().lost[0].tasks, 1U);
  EXPECT_TRUE(NamesOf(insights).contains("airflow_tasks_lost"));
  EXPECT_TRUE(NamesOf(insights).contains("airflow_queue_stalled"));
  clock.Advance(std::chrono::milliseconds(44'900));
  EXPECT_TRUE(NamesOf(insights).contains("airflow_tasks_lost"));
  clock.Advance(std::chrono::seconds(1));
  // The broker was read five seconds before the database, of which something is told alone.
  EXPECT_FALSE(NamesOf(insights).contains("airflow_tasks_lost"));
  EXPECT_FALSE(NamesOf(insights).contains("airflow_queue_stalled"));
  EXPECT_TRUE(NamesOf(insights).contains("airflow_tasks_phantom_running"));
  clock.Advance(std::chrono::seconds(5));
  EXPECT_FALSE(NamesOf(insights).contains("airflow_tasks_phantom_running"));
}

}  // namespace
}  // namespace airflow_host
