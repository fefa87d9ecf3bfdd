// The collector on recorded trees and on trees that change.
#include "collectors/component/component_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "collectors/component/component_observation.h"
#include "tests/unit/component/process_tree.h"
#include "tests/unit/component/watch.h"

namespace airflow_host {
namespace {

std::string Fixture(const std::string& name) {
  return std::string(FIXTURES_DIRECTORY) + "/" + name + "/proc";
}

TEST(ComponentCollector, SeesAirflow3InComposeOnCgroup2) {
  Watch watch(Fixture("debian12-cgroup2"));
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 2},
                                       {"dag_processor", 3},
                                       {"triggerer", 2},
                                       {"api_server", 4},
                                       {"celery_worker", 4},
                                       {"serve_logs", 2},
                                       {"task", 3},
                                       {"other_airflow", 1},
                                       {"postgres", 8},
                                       {"redis", 1},
                                       {"docker", 9}}));
  EXPECT_EQ(watch.last().task_processes, 1U);
  EXPECT_EQ(watch.last().worker_pool_processes, 2U);
  EXPECT_FALSE(watch.last().others_hidden);
  EXPECT_EQ(watch.last().processes_denied, 0U);

  const ComponentSample& scheduler = watch.Of(Component::kScheduler);
  EXPECT_EQ(scheduler.anon_bytes, (187400U + 142000U) * 1024);
  EXPECT_EQ(scheduler.shared_bytes, (41200U + 9100U) * 1024);
  EXPECT_EQ(scheduler.rss_bytes, *scheduler.anon_bytes + *scheduler.shared_bytes);
  EXPECT_EQ(scheduler.swap_bytes, (10240U + 9000U) * 1024);
  EXPECT_EQ(scheduler.largest_process_rss_bytes, (187400U + 41200U) * 1024);
  EXPECT_EQ(scheduler.threads, 4U);
  EXPECT_EQ(scheduler.restarts, 0U);
}

TEST(ComponentCollector, PublishesTheKeysThatJoin) {
  Watch watch(Fixture("debian12-cgroup2"));
  watch.Walk();
  const ProcessSample& scheduler = watch.Process(1210);
  EXPECT_TRUE(scheduler.is_main);
  EXPECT_EQ(scheduler.component, Component::kScheduler);
  EXPECT_EQ(scheduler.parent_pid, 1201);
  EXPECT_EQ(scheduler.start_ticks, 5120U);
  EXPECT_EQ(scheduler.cgroup_path,
            "/system.slice/"
            "docker-c1453a32148ab005bb29d31ac78eceac7278d5206730091542594612fbb11816.scope");
  EXPECT_FALSE(watch.Process(1216).is_main);
  EXPECT_TRUE(watch.Process(1621).is_pool_worker);
  const ProcessSample& task = watch.Process(22017);
  EXPECT_EQ(task.component, Component::kTask);
  EXPECT_TRUE(task.is_main);
  EXPECT_EQ(task.cgroup_path,
            "/system.slice/"
            "docker-1b39ac3dc5301e9861b0296b6254cff768412825b1c2651c1dc85fe2b5ecbbfc.scope");
  // What the task has started counts with it.
  EXPECT_EQ(watch.Process(22031).component, Component::kTask);
  // Airflow's come first.
  const auto& processes = watch.last().processes;
  EXPECT_TRUE(std::is_partitioned(processes.begin(), processes.end(), [](const auto& process) {
    return IsAirflow(process.component);
  }));
}

TEST(ComponentCollector, SeesAirflow2InDockerOnCgroup1) {
  Watch watch(Fixture("debian12-cgroup1"));
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 1},
                                       {"dag_processor", 2},
                                       {"triggerer", 1},
                                       {"webserver", 6},
                                       {"celery_worker", 5},
                                       {"serve_logs", 3},
                                       {"task", 2},
                                       {"postgres", 8},
                                       {"redis", 1},
                                       {"docker", 8}}));
  EXPECT_EQ(watch.last().task_processes, 1U);
  EXPECT_EQ(watch.last().worker_pool_processes, 4U);
  EXPECT_EQ(watch.Process(1210).cgroup_path,
            "/docker/4f34bee90b55826fd7d6f9964f0ff30e97a31d951e7c72f92ea2a67446b36ba1");
}

TEST(ComponentCollector, SeesALocalExecutorUnderSystemd) {
  Watch watch(Fixture("hybrid"));
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 3},
                                       {"dag_processor", 1},
                                       {"api_server", 3},
                                       {"serve_logs", 1},
                                       {"task", 1},
                                       {"postgres", 2}}));
  EXPECT_EQ(watch.last().worker_pool_processes, 2U);
  EXPECT_EQ(watch.Process(700).cgroup_path, "/system.slice/airflow-scheduler.service");
  // The API server's gunicorn says nothing of itself; its workers do.
  EXPECT_TRUE(watch.Process(731).is_main);
}

TEST(ComponentCollector, SeesAirflow22WithASchedulerThatHasSetItsTitle) {
  Watch watch(Fixture("no-psi"));
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 4}, {"dag_processor", 1}, {"webserver", 3}}));
  EXPECT_TRUE(watch.Process(700).is_main);
  EXPECT_EQ(watch.last().worker_pool_processes, 2U);
}

TEST(ComponentCollector, TellsWhenAComponentStarted) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 5000));
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).oldest_start, FromSecondsSinceEpoch(1'000'050));
  EXPECT_EQ(watch.Process(100).started_at, FromSecondsSinceEpoch(1'000'050));
}

TEST(ComponentCollector, CountsAReplacedMainProcessAsOneRestart) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Walk();
  tree.Remove(100);
  tree.Put(Scheduler(200, 2000));
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 1U);
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 1U);
  // The same pid, used again by another.
  tree.Put(Scheduler(200, 3000));
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 2U);
}

TEST(ComponentCollector, CountsARestartAfterATimeOfAbsence) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Walk();
  tree.Remove(100);
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 0}}));
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 0U);
  EXPECT_EQ(watch.Of(Component::kScheduler).rss_bytes, std::nullopt);
  EXPECT_EQ(watch.Of(Component::kScheduler).oldest_start, std::nullopt);
  tree.Put(Scheduler(200, 2000));
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 1U);
}

TEST(ComponentCollector, CountsACrashLoop) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Walk();
  for (int i = 1; i <= 4; ++i) {
    tree.Remove(99 + i);
    tree.Put(Scheduler(100 + i, 1000U + static_cast<std::uint64_t>(i)));
    watch.Walk();
  }
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 4U);
}

TEST(ComponentCollector, DoesNotCountScalingOrCommandsByHandAsRestarts) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Walk();
  tree.Put(Scheduler(200, 2000));  // A second one beside it, seen once: `airflow scheduler --help`.
  watch.Walk();
  tree.Remove(200);
  watch.Walk();
  tree.Put(Scheduler(300, 3000));  // Another one: scaled up.
  watch.Walk();
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 0U);
  tree.Remove(100);
  tree.Put(Scheduler(400, 4000));
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 1U);
}

TEST(ComponentCollector, DoesNotCountPoolChildrenAndTasksAsRestarts) {
  const ProcessTree tree;
  FakeProcess main;
  main.pid = 100;
  main.cmdline = "[celeryd: celery@h:MainProcess] -active- (celery worker)";
  FakeProcess child;
  child.parent = 100;
  child.cmdline = "[celeryd: celery@h:ForkPoolWorker-1]";
  FakeProcess task;
  task.cmdline = "airflow worker -- 0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01";
  tree.Put(main);
  Watch watch(tree.path());
  for (int i = 0; i < 4; ++i) {
    child.pid = 200 + i;
    task.pid = 300 + i;
    task.parent = child.pid;
    tree.Put(child);
    tree.Put(task);
    EXPECT_EQ(watch.Processes(), (Counts{{"celery_worker", 2}, {"task", 1}}));
    tree.Remove(child.pid);
    tree.Remove(task.pid);
  }
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kCeleryWorker).restarts, 0U);
  EXPECT_EQ(watch.Of(Component::kTask).restarts, std::nullopt);
}

TEST(ComponentCollector, TakesNoOrphanForARestart) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  FakeProcess health_server = Scheduler(110, 1100);
  health_server.parent = 100;
  tree.Put(health_server);
  Watch watch(tree.path());
  watch.Walk();
  tree.Remove(100);
  health_server.parent = 1;
  tree.Put(health_server);
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 0U);
  EXPECT_FALSE(watch.Process(110).is_main);
}

TEST(ComponentCollector, KeepsTheCpuTimeOfProcessesThatHaveGone) {
  const ProcessTree tree;
  FakeProcess old = Scheduler(100, 1000);
  old.user = 500'000;  // Used before the exporter started: not its to count.
  tree.Put(old);
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).user_seconds, 0);
  old.user += 150;
  old.system = 50;
  tree.Put(old);
  watch.Walk();
  EXPECT_DOUBLE_EQ(watch.Of(Component::kScheduler).user_seconds, 1.5);
  EXPECT_DOUBLE_EQ(watch.Of(Component::kScheduler).system_seconds, 0.5);
  tree.Remove(100);
  watch.Walk();
  EXPECT_DOUBLE_EQ(watch.Of(Component::kScheduler).user_seconds, 1.5);
  FakeProcess fresh = Scheduler(200, 9000);
  fresh.user = 25;  // Born while we watched: counts in full.
  tree.Put(fresh);
  watch.Walk();
  EXPECT_DOUBLE_EQ(watch.Of(Component::kScheduler).user_seconds, 1.75);
}

TEST(ComponentCollector, FindsAProcessThatBecomesAirflowByExec) {
  const ProcessTree tree;
  FakeProcess process = Scheduler(100, 1000);
  process.cmdline = std::string("/bin/bash\0/entrypoint\0scheduler\0", 32);
  tree.Put(process);
  Watch watch(tree.path());
  EXPECT_EQ(watch.Processes(), Counts{});
  tree.Put(Scheduler(100, 1000));
  // An old process is at rest: found within a minute of walks.
  Counts counts;
  for (int i = 0; i < 13 && counts.empty(); ++i) counts = watch.Processes();
  EXPECT_EQ(counts, (Counts{{"scheduler", 1}}));

  // One that is born while we watch is found at once.
  FakeProcess young = process;
  young.pid = 200;
  tree.Put(young);
  watch.Walk();
  young.cmdline = Command("triggerer");
  tree.Put(young);
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 1}, {"triggerer", 1}}));
}

TEST(ComponentCollector, FollowsTitlesThatChange) {
  const ProcessTree tree;
  FakeProcess process;
  process.pid = 100;
  process.cmdline = Command("celery") + std::string("worker\0", 7);
  tree.Put(process);
  FakeProcess child = process;
  child.pid = 110;
  child.parent = 100;
  tree.Put(child);
  Watch watch(tree.path());
  EXPECT_EQ(watch.Processes(), (Counts{{"celery_worker", 2}}));
  process.cmdline = "[celeryd: celery@h:MainProcess] -active- (celery worker)";
  tree.Put(process);
  child.cmdline = "airflow serve-logs";
  tree.Put(child);
  EXPECT_EQ(watch.Processes(), (Counts{{"celery_worker", 1}, {"serve_logs", 1}}));
  EXPECT_EQ(watch.Of(Component::kCeleryWorker).restarts, 0U);
}

TEST(ComponentCollector, PassesOverWhatVanishesOrIsBroken) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  tree.Write("200/cmdline", Command("scheduler"));  // No stat: gone in between.
  tree.Write("300/stat", "300 (half");
  FakeProcess zombie = Scheduler(400, 4000);
  zombie.state = 'Z';
  tree.Put(zombie);
  tree.Write("500/stat", "500 (x) S 500 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 7");  // A circle.
  Watch watch(tree.path());
  EXPECT_EQ(watch.Processes(), (Counts{{"scheduler", 1}}));
}

TEST(ComponentCollector, LeavesMemoryEmptyThatItCannotRead) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  std::filesystem::remove(tree.path() + "/100/status");
  std::filesystem::remove(tree.path() + "/100/cgroup");
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).processes, 1U);
  EXPECT_EQ(watch.Of(Component::kScheduler).rss_bytes, std::nullopt);
  EXPECT_EQ(watch.Process(100).cgroup_path, "");
}

TEST(ComponentCollector, BoundsThePublishedProcesses) {
  const ProcessTree tree;
  FakeProcess redis;
  redis.comm = "redis-server";
  redis.cmdline = "redis-server *:6379";
  redis.pid = 50;
  tree.Put(redis);
  for (int i = 0; i < 2050; ++i) tree.Put(Scheduler(100 + i, 1000));
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.last().processes.size(), ComponentObservation::kMostProcesses);
  EXPECT_EQ(watch.last().processes_omitted, 51U);
  EXPECT_EQ(watch.last().processes.back().component, Component::kScheduler);
  EXPECT_EQ(watch.Of(Component::kScheduler).processes, 2050U);
}

TEST(ComponentCollector, NotesThatOthersAreHidden) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  tree.Remove(1);
  Watch watch(tree.path());
  EXPECT_TRUE(watch.Walk().others_hidden);
}

TEST(ComponentCollector, GivesAnErrorWithoutProc) {
  Watch watch("/nonexistent/proc");
  const auto result =
      watch.collector().Observe(Deadline{watch.clock().SteadyNow() + std::chrono::seconds(1)});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(result.error().message, testing::HasSubstr("/nonexistent/proc"));
}

TEST(ComponentCollector, EndsAtItsDeadlineAndGoesOnAfterwards) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Walk();
  const auto late = watch.collector().Observe(Deadline{watch.clock().SteadyNow()});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::kTimedOut);
  watch.clock().Advance(std::chrono::seconds(5));
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 0U);
}

TEST(ComponentCollector, SeesThisVeryMachine) {
  Watch watch("/proc");
  EXPECT_GT(watch.Walk().host_processes, 1U);
}

/// A scheduler that has used a second, and one more while it cannot be read.
FakeProcess BusyScheduler(std::uint64_t user) {
  FakeProcess scheduler = Scheduler(100, 1000);
  scheduler.user = user;
  return scheduler;
}

TEST(ComponentCollector, AProcessThatCannotBeReadForAWhileIsTheSameAfterwards) {
  const ProcessTree tree;
  tree.Put(BusyScheduler(100));
  Watch watch(tree.path());
  watch.Walk();
  tree.Remove(100);
  tree.Write("100/stat/none", "");  // Read as EISDIR: no less a failure than EMFILE or ENOMEM.
  for (int walk = 0; walk < 20; ++walk) watch.Walk();
  EXPECT_TRUE(watch.Has(100));
  tree.Remove(100);
  tree.Put(BusyScheduler(200));
  watch.Walk();
  EXPECT_DOUBLE_EQ(watch.Of(Component::kScheduler).user_seconds, 1);
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 0U);
}

TEST(ComponentCollector, AProcessThatIsDeniedForAWhileIsTheSameAfterwards) {
  const ProcessTree tree;
  tree.Put(BusyScheduler(100));
  Watch watch(tree.path());
  watch.Walk();
  tree.Deny("100/stat");
  {
    const WithoutRights denied;
    watch.Walk();
    EXPECT_TRUE(watch.Has(100));
  }
  tree.Remove(100);
  tree.Put(BusyScheduler(200));
  watch.Walk();
  EXPECT_DOUBLE_EQ(watch.Of(Component::kScheduler).user_seconds, 1);
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 0U);
}

TEST(ComponentCollector, AProcessThatIsDeniedForLongHasGone) {
  const ProcessTree tree;
  tree.Put(BusyScheduler(100));
  Watch watch(tree.path());
  watch.Walk();
  tree.Deny("100/stat");
  const WithoutRights denied;
  for (int walk = 0; walk < 20; ++walk) watch.Walk();
  EXPECT_FALSE(watch.Has(100));
}

}  // namespace
}  // namespace airflow_host
