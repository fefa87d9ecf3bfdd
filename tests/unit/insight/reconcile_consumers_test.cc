// Which worker consumes which queue: what is learned of it, kept, and forgotten.
#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

/// Two workers of `default`; one of `other`, which is never idle.
class TwoQueues : public BrokenAirflow {
 protected:
  TwoQueues() {
    world_.most_active = 900;
    world_.AddQueue("other");
    world_.AddWorker({"other"}, 4);
    world_.AddSource({.queue = "other", .period = 8, .duration = {15, 18}});
    world_.AddSource({.queue = "default", .period = 10, .batch = 4, .duration = {15, 20}});
    watcher_.Run(200);
    EXPECT_EQ(Wrong(watcher_.Report()), "");
  }

  void DeafenDefault() {
    world_.Deafen(0);
    world_.Deafen(1);
  }

  void ExpectDeaf(std::uint64_t workers, double at_most = 300) {
    RunUntil([&] { return watcher_.Report().workers_catatonic == workers; }, at_most);
    watcher_.Run(120);
    EXPECT_EQ(watcher_.Report().workers_catatonic, workers);
  }
};

TEST_F(TwoQueues, KnowsWhoConsumesAQueueAfterARestartOfRedis) {
  DeafenDefault();
  world_.RestartRedis(false);
  ExpectDeaf(2);
  EXPECT_EQ(watcher_.Stalled("default"), true);
  EXPECT_EQ(watcher_.Stalled("other"), false);
}

TEST_F(BrokenAirflow, LearnsWhoConsumesAQueueFromOneTaskHoweverOftenItLooks) {
  world_.AddQueue("spare");
  watcher_.cadence = 1;
  watcher_.Run(102);
  world_.pace.startup = {0.25, 0.5};
  Send(8, {30, 30});
  watcher_.Run(102);
  world_.Deafen(0);
  world_.AddSource({.queue = "default", .period = 10, .batch = 4, .duration = {15, 20}});
  RunUntil([&] { return watcher_.Report().workers_catatonic == 1U; }, 300);
}

TEST_F(TwoQueues, KnowsWhoConsumesAQueueAfterAGap) {
  DeafenDefault();
  ExpectDeaf(2);
  watcher_.database_reads = false;
  watcher_.Run(90);
  EXPECT_FALSE(watcher_.Report().workers_catatonic.has_value());
  watcher_.database_reads = true;
  ExpectDeaf(2);
  watcher_.broker_reads = false;
  watcher_.Run(90);
  watcher_.broker_reads = true;
  ExpectDeaf(2);
  EXPECT_EQ(watcher_.Stalled("default"), true);
}

TEST_F(TwoQueues, KnowsWhoConsumesAQueueOnceTheWorkersAreKnownAgain) {
  DeafenDefault();
  ExpectDeaf(2);
  world_.knows_workers = false;
  watcher_.Run(45);
  EXPECT_FALSE(watcher_.Report().workers_catatonic.has_value());
  world_.knows_workers = true;
  ExpectDeaf(2);
}

TEST_F(TwoQueues, SeesADeafWorkerBesideAHealthyOneOfTheSameQueue) {
  world_.AddQueue("spare");
  world_.AddWorker({"spare"}, 4);
  world_.AddSource({.queue = "default", .period = 10, .batch = 8, .duration = {15, 20}});
  world_.Deafen(0);
  ExpectDeaf(1);
}

TEST_F(TwoQueues, ForgetsTheQueuesOfAWorkerThatIsRestarted) {
  world_.AddSource({.queue = "default", .period = 10, .batch = 8, .duration = {15, 20}});
  watcher_.Run(30);
  world_.AddQueue("spare");
  world_.RestartWorker(0, {"spare"});
  // The tasks that it ran still run, as far as the database knows.
  for (int second = 0; second < 600; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(watcher_.Report().workers_catatonic.value_or(0), 0U) << second;
  }
}

TEST_F(TwoQueues, ForgetsWhatMisled) {
  world_.AddSource({.queue = "default", .period = 10, .batch = 8, .duration = {15, 20}});
  world_.Deafen(0);
  ExpectDeaf(1);
  // It begins a task of another queue although tasks wait in the one that it was taken to consume.
  world_.Deafen(0, false);
  world_.Rebind(0, {"spare"});
  world_.AddQueue("spare");
  Send(1, {5, 5}, "spare");
  RunUntil([&] { return watcher_.Report().workers_catatonic == 0; }, 45);
  for (int second = 0; second < 600; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(watcher_.Report().workers_catatonic.value_or(0), 0U) << second;
  }
}

TEST_F(BrokenAirflow, DoesNotTellApartTheWorkersOfOneHost) {
  world_.AddQueue("other");
  world_.AddWorker({"other"}, 4);
  world_.RenameWorker(1, "default@host", "host");
  world_.RenameWorker(2, "other@host", "host");
  world_.RetireWorker(0);
  Send(6, {3600, 3600});
  Send(1, {30, 30}, "other");
  for (int second = 0; second < 600; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(Wrong(watcher_.Report()), "");
  }
}

TEST_F(BrokenAirflow, BlamesNobodyBeforeAllQueuesAreKnown) {
  world_.AddWorker({"hidden"}, 4);
  world_.knows_all_queues = false;
  world_.AddSource({.queue = "default", .period = 10, .batch = 6, .duration = {15, 20}});
  for (int second = 0; second < 600; ++second) {
    watcher_.Run(1);
    ASSERT_EQ(Wrong(watcher_.Report()), "");
  }
}

}  // namespace
}  // namespace airflow_host
