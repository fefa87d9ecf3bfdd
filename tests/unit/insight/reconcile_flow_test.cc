// Workers that take nothing, and queues that nobody takes from.
#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

TEST_F(BrokenAirflow, SeesADeafWorkerBesideABusyOne) {
  world_.Deafen(0);
  Send(30, {500, 600});
  RunUntil([&] { return watcher_.Report().workers_catatonic == 1; }, 120);
  // The other one has no slot left, and without worker_concurrency nothing tells that this one has.
  EXPECT_EQ(watcher_.Stalled("default"), false);
  world_.Deafen(0, false);
  RunUntil([&] { return Wrong(watcher_.Report()).empty(); }, 45);
}

TEST_F(BrokenAirflow, SeesAQueueThatItsWorkersDoNotTakeFrom) {
  world_.AddQueue("other");
  world_.AddWorker({"other"}, 4);
  world_.AddSource({.queue = "other", .period = 5, .batch = 2, .duration = {2, 8}});
  Send(8, {40, 50});  // Whereby it can be learned who consumes the queue.
  watcher_.Run(120);
  EXPECT_EQ(Wrong(watcher_.Report()), "");
  world_.Deafen(0);
  world_.Deafen(1);
  Send(3, {5, 5});
  RunUntil([&] { return watcher_.Stalled("default") == true; }, 150);
  EXPECT_EQ(watcher_.Report().workers_catatonic, 2U);
  EXPECT_EQ(watcher_.Stalled("other"), false);
  world_.Deafen(1, false);
  RunUntil([&] { return Wrong(watcher_.Report()).empty(); }, 45);
}

TEST_F(BrokenAirflow, BlamesNoWorkerForAQueueThatItMayNotConsume) {
  world_.AddQueue("other");
  world_.AddWorker({"other"}, 4);
  watcher_.Run(30);
  world_.Deafen(0);
  world_.Deafen(1);
  Send(3, {5, 5});
  Send(2, {600, 600}, "other");
  watcher_.Run(300);
  EXPECT_EQ(Wrong(watcher_.Report()), "");
  // As soon as nobody executes anything, somebody must be wrong.
  RunUntil([&] { return watcher_.Stalled("default") == true; }, 500);
  // Of the third one it is known that it consumes another queue.
  EXPECT_EQ(watcher_.Report().workers_catatonic, 2U);
}

TEST_F(BrokenAirflow, BlamesNoWorkerOfAnotherQueueForOneThatNobodyServes) {
  world_.AddQueue("nobody");
  world_.AddSource({.queue = "default", .period = 150, .batch = 8, .duration = {10, 20}});
  watcher_.Run(300);
  Send(3, {5, 5}, "nobody");
  RunUntil([&] { return watcher_.Stalled("nobody") == true; }, 200);
  for (int second = 0; second < 300; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(watcher_.Report().workers_catatonic.value_or(0), 0U);
  }
}

TEST_F(BrokenAirflow, SeesAStuckQueueThatTheListOfTasksCannotHold) {
  world_.most_active = 3000;
  world_.AddQueue("other");
  for (int worker = 0; worker < 4; ++worker) world_.AddWorker({"other"}, 8);
  world_.AddSource({.queue = "other", .period = 20, .batch = 20, .duration = {5, 25}});
  world_.AddSource({.queue = "default", .period = 100, .batch = 8, .duration = {30, 30}});
  watcher_.Run(200);
  world_.Deafen(0);
  world_.Deafen(1);
  Send(1500, {10, 10});
  RunUntil([&] { return watcher_.Stalled("default") == true; }, 200);
  for (int second = 0; second < 600; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(watcher_.Stalled("default"), true) << second;
    ASSERT_EQ(watcher_.Stalled("other"), false) << second;
  }
}

TEST_F(BrokenAirflow, KnowsFreeSlotsByTheConcurrency) {
  ExecutionSettings settings;
  settings.worker_concurrency = 4;
  Watcher knowing(world_, settings);
  world_.AddQueue("other");
  world_.AddWorker({"default", "other"}, 4);
  knowing.Run(30);
  Send(12, {30, 40});
  knowing.Run(30);
  world_.Deafen(0);
  world_.Deafen(1);
  Send(2, {3600, 3600}, "other");
  knowing.Run(60);
  world_.Deafen(2);
  Send(3, {5, 5});
  knowing.Run(200);
  EXPECT_EQ(knowing.Stalled("default"), true);
}

}  // namespace
}  // namespace airflow_host
