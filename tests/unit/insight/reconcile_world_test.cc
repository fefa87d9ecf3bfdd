// The whole of it against a make-believe Airflow: a healthy one, however busy, shows 0 throughout;
// what goes wrong in a broken one is told after the stated time, and gone after recovery.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "exporter/insight/reconcile.h"
#include "tests/unit/insight/queue_world.h"

namespace airflow_host {
namespace {

/// Reads both systems every 15 s, each at its own phase and within a time of its own.
class Watcher {
 public:
  Watcher(QueueWorld& world, ExecutionSettings settings = {})
      : world_(world), reconcile_(std::move(settings)) {
    database_.next = world.now() + world.Draw(Seconds{0, 15});
    broker_.next = world.now() + world.Draw(Seconds{0, 15});
  }

  void TakesUpTo(double database, double broker) {
    database_.longest = database;
    broker_.longest = broker;
  }

  void Step() {
    world_.Step();
    if (broker_reads) Read(broker_, [&] { return world_.Broker(); });
    if (database_reads) Read(database_, [&] { return world_.Database(); });
  }

  void Run(double seconds) {
    for (double until = world_.now() + seconds; world_.now() < until;) Step();
  }

  ReconcileReport Report() const { return reconcile_.Report().FreshAt(world_.steady()); }

  /// Absent where the queue is not judged.
  std::optional<std::uint64_t> Lost(const std::string& queue) const {
    for (const LostTasks& lost : Report().lost) {
      if (lost.queue == queue) return lost.tasks;
    }
    return std::nullopt;
  }

  /// Absent where the queue is not judged.
  std::optional<bool> Stalled(const std::string& queue) const {
    for (const QueueStall& stall : Report().stalls) {
      if (stall.queue == queue) return stall.stalled;
    }
    return std::nullopt;
  }

  bool database_reads = true;
  bool broker_reads = true;
  std::uint64_t tasks_here = 0;

 private:
  template <typename T>
  struct Source {
    double next = 0;
    double longest = 0.5;
    double snapshot_at = -1;  ///< Below 0: none is under way.
    double ends_at = 0;
    SteadyTime began{};
    std::shared_ptr<T> seen;
  };

  void Absorb(std::shared_ptr<MetadataObservation> seen, ObservationSpan span) {
    reconcile_.Absorb(*seen, span, tasks_here);
  }
  void Absorb(std::shared_ptr<BrokerObservation> seen, ObservationSpan span) {
    reconcile_.Absorb(std::move(seen), span);
  }

  template <typename T, typename Look>
  void Read(Source<T>& source, Look look) {
    if (source.snapshot_at < 0 && world_.now() >= source.next) {
      source.began = world_.steady();
      source.ends_at = world_.now() + world_.Draw(Seconds{0, source.longest});
      source.snapshot_at = world_.Draw(Seconds{world_.now(), source.ends_at});
      source.next += 15;
    }
    if (source.snapshot_at < 0 || world_.now() < source.snapshot_at) return;
    if (!source.seen) source.seen = look();
    if (world_.now() < source.ends_at) return;
    Absorb(std::move(source.seen), {source.began, world_.steady()});
    source.seen.reset();
    source.snapshot_at = -1;
  }

  QueueWorld& world_;
  Reconcile reconcile_;
  Source<MetadataObservation> database_;
  Source<BrokerObservation> broker_;
};

/// What of a report is not 0, in words.
std::string Wrong(const ReconcileReport& report) {
  std::string wrong;
  for (const LostTasks& lost : report.lost) {
    if (lost.tasks > 0) wrong += std::to_string(lost.tasks) + " lost in " + lost.queue + "; ";
  }
  const auto add = [&](const std::optional<std::uint64_t>& count, const char* what) {
    if (count.value_or(0) > 0) wrong += std::to_string(*count) + what;
  };
  add(report.phantom_heartbeat_lost, " without heartbeat; ");
  add(report.phantom_unaccounted, " phantoms; ");
  add(report.unaccounted_messages, " unaccounted messages; ");
  add(report.workers_catatonic, " catatonic; ");
  for (const QueueStall& stall : report.stalls) {
    if (stall.stalled) wrong += stall.queue + " stalled; ";
  }
  return wrong;
}

/// Any healthy Airflow: queues, workers and loads as they come.
ExecutionSettings MakeHealthy(QueueWorld& world) {
  const std::vector<std::string> names = {"default", "high", "reports", "spare"};
  const int queues = world.Draw(1, 4);
  const int prefetch = world.Draw(0, 2) == 0 ? 4 : 1;
  const int slots = world.Draw(1, 8);
  std::vector<std::string> used;
  for (int number = 0; number < queues; ++number) {
    used.push_back(names[static_cast<std::size_t>(number)]);
    world.AddQueue(used.back());
  }
  const bool dedicated = world.Draw(0, 1) == 0;
  for (const std::string& queue : used) {
    const int workers = world.Draw(1, 2);
    for (int number = 0; number < workers; ++number) {
      world.AddWorker(dedicated ? std::vector<std::string>{queue} : used, slots, prefetch);
    }
    const int sources = world.Draw(1, 3);
    for (int number = 0; number < sources; ++number) {
      constexpr double kPeriods[] = {2, 5, 7.5, 15, 15, 30, 47, 60, 300, 1800};
      const double least = std::pow(10.0, world.Draw(Seconds{0, 2.8}));
      world.AddSource({.queue = queue,
                       .period = kPeriods[world.Draw(0, 9)],
                       .phase = world.Draw(Seconds{0, 60}),
                       .batch = world.Draw(1, 20) * world.Draw(1, 6),
                       .duration = {least, least * world.Draw(Seconds{1, 3})}});
    }
  }
  const double slowness = world.Draw(0, 3) == 0 ? 10 : 1;
  world.pace.handover = {0.25, 2 * slowness};
  world.pace.startup = {0.5, 3 * slowness};
  world.pace.finishing = {0.25, 2 * slowness};
  world.tells_ids = world.Draw(0, 2) == 0;
  world.most_active = static_cast<std::size_t>(world.Draw(0, 5) == 0 ? 1500 : 250);
  ExecutionSettings settings;
  settings.executor = "CeleryExecutor,KubernetesExecutor";
  if (world.Draw(0, 1) == 0) settings.worker_concurrency = static_cast<std::uint32_t>(slots);
  return settings;
}

class HealthyAirflow : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(HealthyAirflow, ShowsZeroHoweverBusyItIs) {
  QueueWorld world(GetParam());
  Watcher watcher(world, MakeHealthy(world));
  if (world.Draw(0, 3) == 0) watcher.TakesUpTo(12, 1);
  bool judged = false;
  while (world.now() < 2400) {
    watcher.Step();
    const ReconcileReport report = watcher.Report();
    ASSERT_EQ(Wrong(report), "") << "at " << world.now();
    judged = judged ||
             (!report.lost.empty() && report.phantom_unaccounted && report.unaccounted_messages &&
              report.workers_catatonic && !report.stalls.empty());
  }
  EXPECT_TRUE(judged);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HealthyAirflow, ::testing::Range<std::uint64_t>(1, 41));

/// One queue, two workers of four slots.
class BrokenAirflow : public ::testing::Test {
 protected:
  BrokenAirflow() {
    world_.AddQueue("default");
    world_.AddWorker({"default"}, 4);
    world_.AddWorker({"default"}, 4);
  }

  /// `count` tasks of one batch, now.
  void Send(int count, Seconds duration, const std::string& queue = "default") {
    world_.AddSource({.queue = queue,
                      .period = 1e6,
                      .phase = world_.now() + QueueWorld::kStep,
                      .batch = count,
                      .duration = duration,
                      .once = true});
  }

  /// Runs until `holds`, for at most so long; how long it took.
  template <typename Condition>
  double RunUntil(Condition holds, double at_most) {
    const double began = world_.now();
    while (!holds() && world_.now() - began < at_most) watcher_.Step();
    EXPECT_TRUE(holds()) << "not within " << at_most << " s";
    return world_.now() - began;
  }

  QueueWorld world_{1};
  Watcher watcher_{world_};
};

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
  watcher_.tasks_here = 8;
  watcher_.Run(60);
  ASSERT_EQ(world_.KillTasksOf(0), 4);
  watcher_.Run(200);
  EXPECT_EQ(watcher_.Report().phantom_unaccounted, 0U);
}

TEST_F(BrokenAirflow, SeesADeafWorkerBesideABusyOne) {
  world_.Deafen(0);
  Send(30, {500, 600});
  RunUntil([&] { return watcher_.Report().workers_catatonic == 1; }, 120);
  // The other one has no slot left, and without worker_concurrency nothing tells that this one has.
  EXPECT_EQ(watcher_.Stalled("default"), false);
  world_.Deafen(0, false);
  RunUntil([&] { return Wrong(watcher_.Report()).empty(); }, 45);
}

TEST_F(BrokenAirflow, SeesAQueueThatNobodyTakesFrom) {
  world_.AddQueue("other");
  world_.AddWorker({"other"}, 4);
  world_.AddSource({.queue = "other", .period = 5, .batch = 2, .duration = {2, 8}});
  watcher_.Run(120);
  EXPECT_EQ(Wrong(watcher_.Report()), "");
  world_.Deafen(0);
  world_.Deafen(1);
  Send(3, {5, 5});
  RunUntil([&] { return watcher_.Report().workers_catatonic == 2; }, 200);
  world_.StopSources();
  RunUntil([&] { return watcher_.Stalled("default") == true; }, 150);
  EXPECT_EQ(watcher_.Stalled("other"), false);
  world_.Deafen(1, false);
  RunUntil([&] { return watcher_.Stalled("default") == false; }, 45);
}

TEST_F(BrokenAirflow, KnowsFreeSlotsByTheConcurrency) {
  ExecutionSettings settings;
  settings.worker_concurrency = 4;
  Watcher watcher(world_, settings);
  world_.AddQueue("other");
  world_.AddWorker({"other"}, 4);
  world_.Deafen(0);
  world_.Deafen(1);
  Send(3, {5, 5});
  Send(2, {3600, 3600}, "other");
  watcher.Run(120);
  EXPECT_EQ(watcher.Stalled("default"), true);
}

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
