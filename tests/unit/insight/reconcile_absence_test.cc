// When nothing, or nothing yet, can be told; and of whose tasks nothing is.
#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

TEST_F(BrokenAirflow, LosesEverythingWithARedisThatKeptNothing) {
  watcher_.Run(120);
  world_.Deafen(0);
  world_.Deafen(1);
  Send(20, {5, 5});
  watcher_.Run(120);
  world_.RestartRedis(false);
  watcher_.Run(16);
  // Nothing is told until it has lasted anew.
  EXPECT_TRUE(watcher_.Report().lost.empty());
  EXPECT_FALSE(watcher_.Report().workers_catatonic.has_value());
  RunUntil([&] { return watcher_.Lost("default") == 20; }, 120);
}

TEST_F(BrokenAirflow, LosesNothingToMessagesThatARedisForgotWhileTheirTasksRan) {
  Send(8, {900, 900});
  watcher_.Run(60);
  world_.RestartRedis(false);
  // Fetched by a worker whose slots are all taken: these are not the running tasks' messages.
  Send(3, {5, 5});
  for (int second = 0; second < 400; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(Wrong(watcher_.Report()), "") << second;
  }
  EXPECT_EQ(watcher_.Lost("default"), 0U);
}

TEST_F(BrokenAirflow, BeginsAnewWithARestartedRedis) {
  world_.AddSource({.queue = "default", .period = 5, .batch = 3, .duration = {2, 20}});
  watcher_.Run(300);
  EXPECT_TRUE(watcher_.Report().phantom_unaccounted.has_value());
  world_.RestartRedis(true);
  for (int second = 0; second < 300; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(Wrong(watcher_.Report()), "");
  }
  EXPECT_TRUE(watcher_.Report().phantom_unaccounted.has_value());
}

TEST_F(BrokenAirflow, SaysNothingWithoutTheBroker) {
  watcher_.Run(120);
  EXPECT_EQ(watcher_.Lost("default"), 0U);
  watcher_.broker_reads = false;
  watcher_.Run(76);
  const ReconcileReport report = watcher_.Report();
  EXPECT_TRUE(report.lost.empty());
  EXPECT_TRUE(report.stalls.empty());
  EXPECT_FALSE(report.phantom_unaccounted || report.unaccounted_messages ||
               report.workers_catatonic);
  EXPECT_EQ(report.phantom_heartbeat_lost, 0U);
}

TEST_F(BrokenAirflow, SaysNothingWithoutTheDatabase) {
  watcher_.Run(120);
  watcher_.database_reads = false;
  watcher_.Run(76);
  const ReconcileReport report = watcher_.Report();
  EXPECT_TRUE(report.lost.empty());
  EXPECT_FALSE(report.phantom_heartbeat_lost.has_value());
}

TEST_F(BrokenAirflow, DoesNotCountAGapAsTimeThatADifferenceLasted) {
  world_.Deafen(0);
  world_.Deafen(1);
  Send(5, {5, 5});
  watcher_.Run(70);
  world_.DropMessages("default", 5);
  watcher_.Run(20);
  watcher_.database_reads = false;
  watcher_.Run(120);
  watcher_.database_reads = true;
  watcher_.Run(40);
  EXPECT_TRUE(watcher_.Report().lost.empty());
  RunUntil([&] { return watcher_.Lost("default") == 5; }, 60);
}

TEST_F(BrokenAirflow, DoesNotReconcileWhatOtherExecutorsRun) {
  ExecutionSettings settings;
  settings.executor = "CeleryExecutor,KubernetesExecutor,pool:acme.MyLocalExecutor";
  Watcher watcher(world_, settings);
  for (const char* executor : {"KubernetesExecutor", "LocalExecutor", "pool",
                               "airflow.providers.edge3.executors.EdgeExecutor"}) {
    world_.AddForeignRow("default", executor);
  }
  watcher.Run(600);
  EXPECT_EQ(Wrong(watcher.Report()), "");
  EXPECT_EQ(watcher.Lost("default"), 0U);
  world_.AddForeignRow("default", "airflow.providers.celery.executors.CeleryExecutor");
  watcher.Run(160);
  EXPECT_EQ(watcher.Lost("default"), 1U);
}

TEST_F(BrokenAirflow, CountsNothingLostInAQueueThatIsCountedAmongOthers) {
  world_.AddQueue("fifty-first");
  watcher_.Run(120);
  EXPECT_EQ(watcher_.Lost("fifty-first"), 0U);
  world_.queue_among_others = "fifty-first";
  Send(3, {5, 5}, "fifty-first");
  watcher_.Run(60);
  EXPECT_FALSE(watcher_.Lost("fifty-first").has_value());
  EXPECT_EQ(watcher_.Lost("default"), 0U);
  world_.DropMessages("fifty-first", 3);
  watcher_.Run(300);
  EXPECT_FALSE(watcher_.Lost("fifty-first").has_value());
}

TEST_F(BrokenAirflow, ReconcilesNothingOfAnotherDefaultExecutor) {
  ExecutionSettings settings;
  settings.executor = "LocalExecutor,CeleryExecutor";
  Watcher watcher(world_, settings);
  world_.AddForeignRow("default", "");
  watcher.Run(300);
  EXPECT_EQ(watcher.Lost("default"), 0U);
}

}  // namespace
}  // namespace airflow_host
