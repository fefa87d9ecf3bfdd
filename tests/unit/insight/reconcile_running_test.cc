// Running tasks in nobody's hands, and messages of no task.
#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

TEST_F(BrokenAirflow, LeavesTheTasksOfAKilledWorkerToTheirHeartbeat) {
  Send(8, {3600, 3600});
  watcher_.Run(60);
  world_.KillWorker(0);
  const double took = RunUntil([&] { return watcher_.Report().phantom_heartbeat_lost == 4; }, 330);
  EXPECT_GT(took, 290);
  watcher_.Run(120);
  // Their messages are unacknowledged, so they are neither lost nor counted a second time.
  EXPECT_EQ(Wrong(watcher_.Report()), "4 without heartbeat; ");
}

TEST_F(BrokenAirflow, FindsTheMessagesOfTasksThatAirflowGaveUp) {
  Send(12, {3600, 3600});
  watcher_.Run(60);
  world_.KillWorker(0);
  world_.KillWorker(1);
  world_.FailAllRows();
  // Also a change of the live workers has to be over for a minute.
  RunUntil([&] { return watcher_.Report().unaccounted_messages == 12; }, 150);
}

TEST_F(BrokenAirflow, FindsStrayMessagesByCountOnceItIsQuiet) {
  world_.AddQueue("nobody");
  world_.AddSource({.queue = "default", .period = 4, .batch = 3, .duration = {2, 5}});
  watcher_.Run(180);
  world_.AddStrayMessage("nobody");
  world_.AddStrayMessage("nobody");
  watcher_.Run(180);
  // Workers may have begun them in between, as far as counts can tell.
  EXPECT_EQ(watcher_.Report().unaccounted_messages, 0U);
  world_.StopSources();
  RunUntil([&] { return watcher_.Report().unaccounted_messages == 2; }, 200);
}

TEST_F(BrokenAirflow, FindsStrayMessagesWhileWorkersComeAndGo) {
  world_.AddQueue("nobody");
  for (int stray = 0; stray < 50; ++stray) world_.AddStrayMessage("nobody");
  for (std::size_t worker = 1; worker < 10; ++worker) {
    world_.RetireWorker(worker);
    world_.AddWorker({"default"}, 4);
    bool found = false;
    for (int second = 0; second < 150; ++second) {
      watcher_.Run(1);
      const auto messages = watcher_.Report().unaccounted_messages;
      ASSERT_EQ(messages.value_or(50), 50U);
      found = found || messages == 50U;
    }
    EXPECT_TRUE(found || worker == 1);
  }
}

TEST_F(BrokenAirflow, SaysNothingOfStrayMessagesWhileTheWorkersNeverStayTheSame) {
  watcher_.Run(120);
  EXPECT_EQ(watcher_.Report().unaccounted_messages, 0U);
  for (std::size_t worker = 1; worker < 20; ++worker) {
    world_.RetireWorker(worker);
    world_.AddWorker({"default"}, 4);
    watcher_.Run(12);
  }
  EXPECT_FALSE(watcher_.Report().unaccounted_messages.has_value());
  RunUntil([&] { return watcher_.Report().unaccounted_messages == 0U; }, 60);
}

TEST_F(BrokenAirflow, FindsStrayMessagesByIdHoweverBusyItIs) {
  world_.AddQueue("nobody");
  world_.tells_ids = true;
  world_.AddSource({.queue = "default", .period = 4, .batch = 3, .duration = {2, 5}});
  watcher_.Run(180);
  EXPECT_EQ(watcher_.Report().unaccounted_messages, 0U);
  world_.AddStrayMessage("nobody");
  RunUntil([&] { return watcher_.Report().unaccounted_messages == 1; }, 120);
}

TEST_F(BrokenAirflow, CountsTheRunningTasksWhoseProcessesAreGoneOnce) {
  Send(8, {3600, 3600});
  watcher_.Run(60);
  ASSERT_EQ(world_.KillTasksOf(0), 4);
  const double took = RunUntil([&] { return watcher_.Report().phantom_unaccounted == 4; }, 120);
  EXPECT_GT(took, 45);
  EXPECT_EQ(Wrong(watcher_.Report()), "4 phantoms; ");
  RunUntil([&] { return watcher_.Report().phantom_heartbeat_lost == 4; }, 330);
  RunUntil([&] { return watcher_.Report().phantom_unaccounted == 0; }, 45);
  watcher_.Run(300);
  EXPECT_EQ(Wrong(watcher_.Report()), "4 without heartbeat; ");
}

TEST_F(BrokenAirflow, TakesTheProcessesOfThisHostForAccounts) {
  Send(8, {3600, 3600});
  watcher_.components.task_processes = 8;
  watcher_.Run(60);
  ASSERT_EQ(world_.KillTasksOf(0), 4);
  watcher_.Run(200);
  EXPECT_EQ(watcher_.Report().phantom_unaccounted, 0U);
}

}  // namespace
}  // namespace airflow_host
