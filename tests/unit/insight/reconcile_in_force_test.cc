// What is judged by the settings that are in force just then, and what is not where none are known.
#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

/// Celery workers on this host that run so many tasks at once.
void Runs(ComponentObservation& here, const std::vector<std::uint32_t>& numbers) {
  here.processes.clear();
  for (const std::uint32_t number : numbers) {
    ProcessSample& process = here.processes.emplace_back();
    process.component = Component::kCeleryWorker;
    process.is_main = true;
    process.worker_concurrency = number;
  }
}

/// One worker of two slots, and its two queues, of which it has run tasks.
class BusyWorker : public ::testing::Test {
 protected:
  BusyWorker() {
    world_.AddQueue("default");
    world_.AddQueue("other");
    world_.AddWorker({"default", "other"}, 2);
  }

  void Send(const std::string& queue, int count, double duration) {
    world_.AddSource({.queue = queue,
                      .period = 1e6,
                      .phase = world_.now() + QueueWorld::kStep,
                      .batch = count,
                      .duration = {duration, duration},
                      .once = true});
  }

  /// Tasks of the other queue take all of its slots (or `slots`), and three of this one wait.
  void Saturate(Watcher& watcher, int slots = 2) {
    watcher.Run(60);
    Send("default", 2, 45);
    watcher.Run(120);
    Send("other", slots, 3600);
    watcher.Run(20);
    Send("default", 3, 10);
  }

  /// What is wrong at any time of so many seconds.
  std::string WrongFor(double seconds, Watcher& watcher) {
    for (const double end = world_.now() + seconds; world_.now() < end;) {
      watcher.Run(1);
      if (std::string wrong = Wrong(watcher.Report()); !wrong.empty()) return wrong;
    }
    return "";
  }

  static ExecutionSettings AirflowsDefault() {
    ExecutionSettings settings;
    settings.executor = "CeleryExecutor";
    settings.worker_concurrency = 16;
    settings.worker_concurrency_is_default = true;
    return settings;
  }

  QueueWorld world_{3};
};

TEST_F(BusyWorker, HasNoFreeSlotsWhateverTheDefaultIs) {
  Watcher watcher(world_, AirflowsDefault());
  Runs(watcher.components, {2});
  Saturate(watcher);
  EXPECT_EQ(WrongFor(300, watcher), "");
  EXPECT_EQ(watcher.Stalled("default"), false);
  // It is not seen here, and nothing tells how many it can run.
  Runs(watcher.components, {});
  EXPECT_EQ(WrongFor(300, watcher), "");
}

TEST_F(BusyWorker, HasNoFreeSlotsWhereItIsOfAnotherSizeThanItsSibling) {
  ExecutionSettings settings = AirflowsDefault();
  settings.worker_concurrency_is_default = false;
  world_.AddQueue("spare");
  world_.AddWorker({"spare"}, 16);
  Watcher watcher(world_, settings);
  Runs(watcher.components, {2, 16});
  Saturate(watcher);
  EXPECT_EQ(WrongFor(300, watcher), "");
}

TEST_F(BusyWorker, ShowsAFreeSlotOnceItsNumberIsSeen) {
  Watcher watcher(world_, AirflowsDefault());
  Saturate(watcher, 1);
  world_.Deafen(0);
  watcher.Run(200);
  EXPECT_EQ(Wrong(watcher.Report()), "") << "it executes a task";
  Runs(watcher.components, {2});
  watcher.Run(120);
  EXPECT_EQ(watcher.Stalled("default"), true);
}

/// As with KubernetesExecutor,CeleryExecutor: the rows that name no executor are no workers'.
class UnknownExecutor : public ::testing::Test {
 protected:
  UnknownExecutor() {
    world_.AddQueue("default");
    world_.AddWorker({"default"}, 4);
  }

  QueueWorld world_{4};
};

TEST_F(UnknownExecutor, LeavesOpenWhatPerhapsPodsRun) {
  Watcher watcher(world_, {});
  watcher.Run(120);
  EXPECT_EQ(watcher.Lost("default"), 0U);
  world_.AddForeignRow("default", "");
  watcher.Run(300);
  EXPECT_EQ(watcher.Lost("default"), std::nullopt);
  EXPECT_EQ(Wrong(watcher.Report()), "");
  watcher.components.install.installs.resize(1);
  watcher.components.install.installs[0].executor = "KubernetesExecutor,CeleryExecutor";
  watcher.Run(120);
  EXPECT_EQ(watcher.Lost("default"), 0U);
  watcher.components.install.installs[0].executor = "CeleryExecutor";
  watcher.Run(120);
  EXPECT_EQ(watcher.Lost("default"), 1U);
}

TEST_F(UnknownExecutor, LeavesOpenWhetherPodsTasksRun) {
  Watcher watcher(world_, {});
  world_.AddPodsTask("default");
  watcher.Run(300);
  EXPECT_FALSE(watcher.Report().phantom_unaccounted.has_value());
  EXPECT_EQ(Wrong(watcher.Report()), "");
  watcher.components.install.installs.resize(1);
  watcher.components.install.installs[0].executor = "KubernetesExecutor,CeleryExecutor";
  watcher.Run(120);
  EXPECT_EQ(watcher.Report().phantom_unaccounted, 0U);
}

TEST_F(UnknownExecutor, IsNoneOfAQueueWhoseTasksWorkersRun) {
  Watcher watcher(world_, {});
  world_.AddSource({.queue = "default",
                    .period = 1e6,
                    .phase = 1,
                    .batch = 4,
                    .duration = {300, 300},
                    .once = true});
  watcher.Run(120);
  EXPECT_EQ(watcher.Report().phantom_unaccounted, 0U);
  world_.KillTasksOf(0);
  watcher.Run(150);
  EXPECT_EQ(watcher.Report().phantom_unaccounted, 4U);
  world_.AddForeignRow("default", "");
  watcher.Run(200);
  EXPECT_EQ(watcher.Lost("default"), 1U);
}

/// Workers of different sizes, a queue of pods beside, and an executor that nobody tells.
class HealthyMixture : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(HealthyMixture, ShowsZeroWithoutAnySettings) {
  QueueWorld world(GetParam());
  for (const char* queue : {"default", "high", "pods"}) world.AddQueue(queue);
  world.AddWorker({"default", "high"}, world.Draw(1, 3));
  world.AddWorker({"high"}, 8);
  for (const char* queue : {"default", "high"}) {
    world.AddSource({.queue = queue,
                     .period = world.Draw(Seconds{10, 60}),
                     .batch = world.Draw(1, 12),
                     .duration = {20, world.Draw(Seconds{30, 600})}});
  }
  for (int number = world.Draw(1, 3); number > 0; --number) world.AddPodsTask("pods");
  world.AddForeignRow("pods", "");
  Watcher watcher(world, {});
  if (world.Draw(0, 1) == 0) Runs(watcher.components, {8});  // Of two.
  while (world.now() < 1200) {
    watcher.Step();
    const ReconcileReport report = watcher.Report();
    ASSERT_EQ(Wrong(report), "") << "at " << world.now();
    ASSERT_FALSE(report.phantom_unaccounted) << "at " << world.now();
  }
  EXPECT_EQ(watcher.Lost("default"), 0U);
  EXPECT_EQ(watcher.Lost("pods"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HealthyMixture, ::testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace airflow_host
