// Tasks whose messages are gone.
#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

TEST_F(BrokenAirflow, LosesTasksWhoseMessagesAreDropped) {
  watcher_.Run(120);
  world_.Deafen(0);
  world_.Deafen(1);
  Send(5, {5, 5});
  watcher_.Run(10);
  ASSERT_EQ(world_.DropMessages("default", 3), 3);
  world_.Deafen(0, false);
  world_.Deafen(1, false);
  EXPECT_EQ(watcher_.Lost("default"), 0U);
  // The grace of a minute, another minute of being missing, and a cadence for either.
  const double took = RunUntil([&] { return watcher_.Lost("default") == 3; }, 150);
  EXPECT_GT(took, 100);
  EXPECT_EQ(Wrong(watcher_.Report()), "3 lost in default; ");
  EXPECT_FALSE(watcher_.Report().lost.at(0).by_message_id);
  watcher_.Run(600);
  EXPECT_EQ(Wrong(watcher_.Report()), "3 lost in default; ");
  world_.HandOverLost();
  RunUntil([&] { return Wrong(watcher_.Report()).empty(); }, 45);
}

TEST_F(BrokenAirflow, SeesByCountWhatIsLostBesideALongBacklog) {
  world_.most_active = 900;
  Send(300, {500, 600});
  watcher_.Run(20);
  ASSERT_EQ(world_.DropMessages("default", 7), 7);
  RunUntil([&] { return watcher_.Lost("default") == 7; }, 300);
}

TEST_F(BrokenAirflow, SeesByCountWhatIsLostBesideYoungerOnesThatOvertakeIt) {
  world_.AddSource({.queue = "default", .period = 50, .batch = 20, .duration = {15, 20}});
  watcher_.Run(310);
  ASSERT_EQ(world_.DropMessages("default", 10), 10);
  // As many as messages are fetched and not seen running may hide.
  RunUntil([&] { return watcher_.Lost("default").value_or(0) >= 4; }, 250);
}

TEST_F(BrokenAirflow, SeesByIdWhatIsLostInABusyQueue) {
  world_.tells_ids = true;
  world_.AddSource({.queue = "default", .period = 2, .batch = 4, .duration = {3, 9}});
  watcher_.Run(200);
  ASSERT_EQ(world_.DropMessages("default", 2), 2);
  RunUntil([&] { return watcher_.Lost("default") == 2; }, 160);
  EXPECT_TRUE(watcher_.Report().lost.at(0).by_message_id);
  for (int second = 0; second < 300; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(watcher_.Lost("default"), 2U);
  }
  world_.HandOverLost();
  RunUntil([&] { return Wrong(watcher_.Report()).empty(); }, 45);
}

TEST_F(BrokenAirflow, TellsTheLostOfEachQueue) {
  world_.AddQueue("high");
  world_.AddWorker({"high"}, 2);
  for (std::size_t worker = 0; worker < 3; ++worker) world_.Deafen(worker);
  Send(2, {5, 5});
  Send(3, {5, 5}, "high");
  watcher_.Run(10);
  world_.DropMessages("default", 2);
  world_.DropMessages("high", 3);
  RunUntil([&] { return watcher_.Lost("default") == 2 && watcher_.Lost("high") == 3; }, 150);
}

TEST_F(BrokenAirflow, CallsNothingLostThatWaitsForAnyTimeAtAll) {
  world_.Deafen(0);
  world_.Deafen(1);
  Send(100, {5, 5});
  watcher_.Run(3600);
  EXPECT_EQ(watcher_.Lost("default"), 0U);
}

TEST_F(BrokenAirflow, CallsNothingLostThatTheListOfTasksCannotHold) {
  world_.most_active = 3000;
  Send(2500, {400, 500});
  for (int minute = 0; minute < 60; ++minute) {
    watcher_.Run(60);
    ASSERT_EQ(Wrong(watcher_.Report()), "");
  }
}

TEST_F(BrokenAirflow, SeesWhatIsLostThatTheListOfTasksCannotHold) {
  world_.most_active = 3000;
  world_.Deafen(0);
  world_.Deafen(1);
  Send(2500, {5, 5});
  watcher_.Run(10);
  ASSERT_EQ(world_.DropMessages("default", 40), 40);
  RunUntil([&] { return watcher_.Lost("default") == 40; }, 150);
}

}  // namespace
}  // namespace airflow_host
