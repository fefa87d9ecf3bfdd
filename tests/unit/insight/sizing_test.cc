#include "exporter/insight/sizing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "exporter/insight/sizing_metrics.h"
#include "exporter/insight/task_places.h"

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;

ProcessSample Process(Component component, std::string cgroup_path) {
  ProcessSample process;
  process.component = component;
  process.cgroup_path = std::move(cgroup_path);
  return process;
}

ProcessSample Worker(std::optional<std::uint32_t> concurrency, std::string cgroup_path = "/w") {
  ProcessSample process = Process(Component::kCeleryWorker, std::move(cgroup_path));
  process.is_main = true;
  process.worker_concurrency = concurrency;
  return process;
}

ProcessSample PoolWorker(std::uint64_t private_bytes, std::string cgroup_path = "/w") {
  ProcessSample process = Process(Component::kCeleryWorker, std::move(cgroup_path));
  process.is_pool_worker = true;
  process.private_bytes = private_bytes;
  return process;
}

ProcessSample Task(std::uint64_t pss_bytes, std::string cgroup_path = "/w") {
  ProcessSample process = Process(Component::kTask, std::move(cgroup_path));
  process.is_main = true;
  process.pss_bytes = pss_bytes;
  process.task.emplace().dag_id = "dbt";
  return process;
}

Container Limited(std::string cgroup_path, std::uint64_t limit, std::uint64_t working_set) {
  Container container;
  container.cgroup_path = std::move(cgroup_path);
  container.memory.limit = limit;
  container.memory.working_set = working_set;
  return container;
}

class SizingTest : public ::testing::Test {
 protected:
  SizingTest() { settings_.executor = "CeleryExecutor"; }

  Sizing See(std::optional<std::uint64_t> largest_task_bytes = std::nullopt) const {
    if (!sources_.components || available_ == 0 || largest_task_bytes.value_or(0) == 0) {
      return SizeUp(settings_, sources_, std::nullopt);
    }
    const TaskPlaces places = FindTaskPlaces(available_, *sources_.components, containers_.get());
    return SizeUp(settings_, sources_, CapacityOf(places, *largest_task_bytes));
  }

  void HostHas(std::uint64_t available) { available_ = available; }

  void Runs(std::vector<ProcessSample> processes) {
    auto components = std::make_shared<ComponentObservation>();
    components->processes = std::move(processes);
    sources_.components = components;
  }

  void HasContainers(std::vector<Container> all) {
    auto containers = std::make_shared<ContainerObservation>();
    containers->containers = std::move(all);
    containers_ = containers;
  }

  void Queues(std::vector<TaskInstanceCount> counts) {
    auto metadata = std::make_shared<MetadataObservation>();
    metadata->task_instances = std::move(counts);
    sources_.metadata = metadata;
  }

  /// Airflow and dbt on a t3.medium by compose: 3.7 GiB, of which 577 MiB are available while
  /// nothing runs, no swap, and one worker with its 16 pool children, which hold 1 to 19 MiB that
  /// they do not share (seen of Airflow 3.3).
  void IsTheFirstStorysHost() {
    HostHas(577 * kMiB);
    std::vector<ProcessSample> processes = {Worker(16, "/docker/worker")};
    for (std::uint64_t child = 0; child < 16; ++child) {
      processes.push_back(PoolWorker((child < 14 ? 7 : 19) * kMiB, "/docker/worker"));
    }
    for (const char* place : {"/docker/scheduler", "/docker/webserver", "/docker/triggerer"}) {
      processes.push_back(Process(Component::kScheduler, place));
    }
    Runs(std::move(processes));
  }

  ExecutionSettings settings_;
  SizingSources sources_;
  std::uint64_t available_ = 0;
  std::shared_ptr<const ContainerObservation> containers_;
};

TEST_F(SizingTest, KnowsNothingWithoutSources) {
  const Sizing sizing = See(200 * kMiB);
  EXPECT_EQ(sizing.worker_concurrency, std::nullopt);
  EXPECT_THAT(sizing.workers_required, IsEmpty());
  EXPECT_EQ(sizing.workers_live, std::nullopt);
  EXPECT_EQ(sizing.concurrency_recommended, std::nullopt);
  EXPECT_EQ(sizing.task_headroom, std::nullopt);
}

TEST_F(SizingTest, TheFirstStorysHostBearsTwoTasks) {
  IsTheFirstStorysHost();
  // A task of Airflow takes 50 to 110 MiB (seen of 3.3 and 2.11), the dbt in it 120 to 170 more.
  for (const unsigned task : {200U, 220U, 250U, 270U}) {
    EXPECT_EQ(See(task * kMiB).concurrency_recommended, 2U) << task;
    EXPECT_EQ(See(task * kMiB).worker_concurrency, 16U);
  }
  EXPECT_EQ(See(150 * kMiB).concurrency_recommended, 3U);
  EXPECT_EQ(See(350 * kMiB).concurrency_recommended, 1U);
  EXPECT_EQ(See(700 * kMiB).concurrency_recommended, 0U);
  EXPECT_EQ(See(200 * kMiB).task_headroom, 2U);
  EXPECT_EQ(See(250 * kMiB).task_headroom, 1U) << "beside its 16 pool children";
}

TEST_F(SizingTest, TasksThatRunThereTakeTheHeadroomAndNotTheFigure) {
  IsTheFirstStorysHost();
  auto components = std::make_shared<ComponentObservation>(*sources_.components);
  components->processes.push_back(Task(200 * kMiB, "/docker/worker"));
  sources_.components = components;
  HostHas((577 - 200) * kMiB);
  EXPECT_EQ(See(200 * kMiB).concurrency_recommended, 2U);
  EXPECT_EQ(See(200 * kMiB).task_headroom, 1U);
  components->processes.push_back(Task(200 * kMiB, "/docker/worker"));
  components->processes.push_back(Task(200 * kMiB, "/docker/worker"));
  HostHas(1 * kMiB);
  EXPECT_EQ(See(200 * kMiB).concurrency_recommended, 2U) << "three run, and the host is at its end";
  EXPECT_EQ(See(200 * kMiB).task_headroom, 0U);
}

TEST_F(SizingTest, NeverGuessesTheSizeOfATask) {
  IsTheFirstStorysHost();
  EXPECT_EQ(See(std::nullopt).concurrency_recommended, std::nullopt);
  EXPECT_EQ(See(std::nullopt).task_headroom, std::nullopt);
}

TEST_F(SizingTest, WorkersShareTheHostAndEachHasItsLimit) {
  HostHas(4000 * kMiB);
  Runs({Worker(8, "/docker/a"), Worker(8, "/docker/b"), PoolWorker(0, "/docker/a"),
        PoolWorker(0, "/docker/b")});
  EXPECT_EQ(See(300 * kMiB).concurrency_recommended, 6U) << "12 for both";
  EXPECT_EQ(See(300 * kMiB).task_headroom, 12U);
  HasContainers({Limited("/docker/a", 2048 * kMiB, 520 * kMiB)});
  EXPECT_EQ(See(300 * kMiB).concurrency_recommended, 4U);
  EXPECT_EQ(See(300 * kMiB).task_headroom, 12U) << "b has no limit";
  HasContainers({Limited("/docker/a", 2048 * kMiB, 520 * kMiB),
                 Limited("/docker/b", 1024 * kMiB, 520 * kMiB)});
  EXPECT_EQ(See(300 * kMiB).concurrency_recommended, 1U);
  EXPECT_EQ(See(300 * kMiB).task_headroom, 5U);
  HasContainers({Limited("/docker/a", 64 * kMiB, 65 * kMiB)});
  EXPECT_EQ(See(300 * kMiB).concurrency_recommended, 0U);
}

TEST_F(SizingTest, TheTasksOfAContainerCountForItsRoom) {
  HostHas(4000 * kMiB);
  HasContainers({Limited("/docker/a", 1000 * kMiB, 800 * kMiB)});
  Runs({Worker(8, "/docker/a"), Task(400 * kMiB, "/docker/a/inner"), Task(100 * kMiB, "/other")});
  // 200 are free in it and 400 come back: 600 less 128.
  EXPECT_EQ(See(400 * kMiB).concurrency_recommended, 1U);
  EXPECT_EQ(See(150 * kMiB).concurrency_recommended, 3U);
  EXPECT_EQ(See(150 * kMiB).task_headroom, 2U);
}

TEST_F(SizingTest, ALocalExecutorsPoolIsAWorkerAndAHostWithoutAnyHasNone) {
  HostHas(1128 * kMiB);
  ProcessSample pool_worker = PoolWorker(10 * kMiB);
  pool_worker.component = Component::kScheduler;
  Runs({pool_worker, pool_worker});
  EXPECT_EQ(See(240 * kMiB).concurrency_recommended, 4U);
  EXPECT_EQ(See(240 * kMiB).task_headroom, 4U);
  Runs({Task(100 * kMiB)});  // In a pod of its own.
  EXPECT_EQ(See(500 * kMiB).concurrency_recommended, std::nullopt);
  EXPECT_EQ(See(500 * kMiB).task_headroom, 1U);
}

TEST_F(SizingTest, NeverRisesWhenMemoryShrinks) {
  std::mt19937 random(4);
  const auto some = [&](std::uint64_t most) { return random() % most * kMiB; };
  for (int round = 0; round < 3000; ++round) {
    const std::uint64_t available = some(4096) + kMiB, limit = some(4096), working_set = some(2048);
    const std::uint64_t task = some(600) + kMiB;
    Runs({Worker(16, "/docker/w"), PoolWorker(some(40), "/docker/w"), Task(some(600), "/docker/w"),
          Worker(4, "/else")});
    const auto see = [&](std::uint64_t host, std::uint64_t container, std::uint64_t bytes) {
      HostHas(host);
      HasContainers({Limited("/docker/w", container, working_set)});
      return See(bytes);
    };
    const Sizing before = see(available, limit, task);
    for (const Sizing& after : {see(available - available / (2 + random() % 5), limit, task),
                                see(available, limit - limit / (2 + random() % 5), task),
                                see(available, limit, task * 2), see(available, limit, task + 1)}) {
      EXPECT_LE(*after.concurrency_recommended, *before.concurrency_recommended);
      EXPECT_LE(*after.task_headroom, *before.task_headroom);
    }
  }
}

TEST_F(SizingTest, RequiresWorkersOnlyWhereCeleryIsUsed) {
  Queues({{"queued", "default", "", 17}});
  EXPECT_THAT(See().workers_required, IsEmpty()) << "of an unknown concurrency";
  settings_.worker_concurrency = 16;
  EXPECT_THAT(See().workers_required, ElementsAre(QueueWorkers{"default", 2}));
  settings_.executor = "LocalExecutor";
  EXPECT_THAT(See().workers_required, IsEmpty());
  settings_.executor = "";
  EXPECT_THAT(See().workers_required, IsEmpty());
  sources_.broker = std::make_shared<BrokerObservation>();
  EXPECT_THAT(See().workers_required, ElementsAre(QueueWorkers{"default", 2}));
  sources_.broker = nullptr;
  Runs({Worker(std::nullopt)});
  EXPECT_THAT(See().workers_required, ElementsAre(QueueWorkers{"default", 2}));
}

TEST_F(SizingTest, CountsWorkersThatAreHeard) {
  auto broker = std::make_shared<BrokerObservation>();
  sources_.broker = broker;
  EXPECT_EQ(See().workers_live, std::nullopt);
  broker->workers.emplace();
  EXPECT_EQ(See().workers_live, 0U);
  broker->workers->resize(3);
  broker->workers->at(0).live = broker->workers->at(2).live = true;
  EXPECT_EQ(See().workers_live, 2U);
}

TEST(DescribeSizing, LeavesOutWhatIsNotKnown) {
  MetricWriter writer(100);
  DescribeSizing({}, writer);
  EXPECT_TRUE(writer.Take().empty());
  Sizing sizing;
  sizing.workers_required = {{"default", 2}, {"high", 0}};
  sizing.workers_live = 3;
  sizing.concurrency_recommended = 0;
  sizing.task_headroom = 1;
  DescribeSizing(sizing, writer);
  const auto families = writer.Take();
  ASSERT_EQ(families.size(), SizingMetrics().size());
  EXPECT_EQ(families[0].name, "airflow_workers_required");
  ASSERT_EQ(families[0].metric.size(), 2U);
  EXPECT_EQ(families[0].metric[1].label[0].value, "high");
  EXPECT_EQ(families[0].metric[1].gauge.value, 0);
  EXPECT_EQ(families[1].metric[0].gauge.value, 3);
  EXPECT_EQ(families[2].metric[0].gauge.value, 0);
  EXPECT_EQ(families[3].metric[0].gauge.value, 1);
}

}  // namespace
}  // namespace airflow_host
