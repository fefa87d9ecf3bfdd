// Between two walks the collector sees what is new within a second.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/component/process_tree.h"
#include "tests/unit/component/watch.h"

namespace airflow_host {
namespace {

const std::string kUuid = "0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01";

FakeProcess PoolChild(int pid) {
  FakeProcess child;
  child.pid = pid;
  child.cmdline = "[celeryd: celery@h:ForkPoolWorker-1]";
  return child;
}

FakeProcess TaskOf(int pid, int parent, const std::string& cmdline) {
  FakeProcess task;
  task.pid = pid;
  task.parent = parent;
  task.start = 100'000;
  task.cmdline = cmdline;
  return task;
}

TEST(ComponentGlance, WalksAtTheCadenceOnly) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  EXPECT_TRUE(watch.Observe().full);
  for (int tick = 1; tick <= 12; ++tick) {
    EXPECT_EQ(watch.Tick().full, tick % 5 == 0) << tick;
  }
}

TEST(ComponentGlance, WalksEachTimeWhereTheCadenceIsNotLonger) {
  const ProcessTree tree;
  ComponentSettings settings;
  settings.cadence = std::chrono::seconds(1);
  Watch watch(tree.path(), settings);
  watch.Observe();
  for (int tick = 0; tick < 3; ++tick) EXPECT_TRUE(watch.Tick().full);
}

TEST(ComponentGlance, SeesATaskAndItsIdentityWithinASecond) {
  const ProcessTree tree;
  tree.Put(PoolChild(100));
  Watch watch(tree.path());
  watch.Observe();
  tree.Put(TaskOf(200, 100, "[celeryd: celery@h:ForkPoolWorker-1]"));  // Not yet titled.
  EXPECT_FALSE(watch.Tick().full);
  ASSERT_TRUE(watch.Has(200));
  EXPECT_EQ(watch.Process(200).component, Component::kTask);
  EXPECT_EQ(watch.Process(200).cgroup_path, "/test");
  EXPECT_EQ(watch.Process(200).rss_bytes, 1100U * 1024);
  EXPECT_EQ(watch.Process(200).task, std::nullopt);
  EXPECT_EQ(watch.last().task_processes, 1U);
  EXPECT_EQ(watch.Of(Component::kTask).processes, 1U);
  tree.Put(TaskOf(200, 100, "airflow worker -- " + kUuid));
  watch.Tick();
  ASSERT_TRUE(watch.Process(200).task);
  EXPECT_EQ(watch.Process(200).task->task_instance_id, kUuid);
  // What the task starts is its own.
  FakeProcess shell = TaskOf(201, 200, std::string("bash\0-c\0x\0", 10));
  shell.cgroup = "/moved";
  tree.Put(shell);
  watch.Tick();
  EXPECT_EQ(watch.Process(201).task->task_instance_id, kUuid);
  EXPECT_EQ(watch.Process(201).cgroup_path, "/moved");
}

TEST(ComponentGlance, LeavesTheOldAsTheLastWalkFoundIt) {
  const ProcessTree tree;
  FakeProcess scheduler = Scheduler(100, 1000);
  tree.Put(scheduler);
  Watch watch(tree.path());
  watch.Observe();
  scheduler.anonymous = 5000;
  tree.Put(scheduler);
  watch.Tick();
  EXPECT_EQ(watch.Process(100).anon_bytes, 1000U * 1024);
  for (int tick = 0; tick < 4; ++tick) watch.Tick();
  EXPECT_TRUE(watch.last().full);
  EXPECT_EQ(watch.Process(100).anon_bytes, 5000U * 1024);
}

TEST(ComponentGlance, GivesTheSameObservationWhileNothingIsNew) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  const auto observe = [&] {
    watch.Tick();
    return watch.shared();
  };
  watch.Observe();
  const auto first = observe();
  EXPECT_FALSE(first->full);
  EXPECT_EQ(observe(), first);
  tree.Put(Scheduler(200, 2000));
  const auto second = observe();
  EXPECT_NE(second, first);
  EXPECT_EQ(second->processes.size(), 2U);
}

TEST(ComponentGlance, CountsTheCpuTimeOfWhatLivesBetweenTwoWalks) {
  const ProcessTree tree;
  tree.Put(PoolChild(100));
  Watch watch(tree.path());
  watch.Observe();
  FakeProcess task = TaskOf(200, 100, "airflow worker -- " + kUuid);
  task.user = 150;
  tree.Put(task);
  watch.Tick();
  task.user = 250;
  tree.Put(task);
  watch.Tick();
  tree.Remove(200);
  for (int tick = 0; tick < 3; ++tick) watch.Tick();
  EXPECT_TRUE(watch.last().full);
  EXPECT_DOUBLE_EQ(watch.Of(Component::kTask).user_seconds, 2.5);
  EXPECT_EQ(watch.Of(Component::kTask).processes, 0U);
}

TEST(ComponentGlance, CountsNoRestartTwice) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Observe();
  tree.Remove(100);
  tree.Put(Scheduler(200, 2000));
  for (int tick = 0; tick < 10; ++tick) watch.Tick();
  EXPECT_EQ(watch.Of(Component::kScheduler).restarts, 1U);
}

TEST(ComponentGlance, FailsAloneWhereTheWalkDidNot) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Observe();
  tree.Put(Scheduler(200, 2000));
  watch.clock().Advance(std::chrono::seconds(1));
  EXPECT_FALSE(watch.collector().Observe(Deadline{watch.clock().SteadyNow()}));
  EXPECT_FALSE(watch.Tick().full);
  EXPECT_TRUE(watch.Has(200));
}

TEST(ComponentGlance, FailsWhileWalksFail) {
  const ProcessTree tree;
  tree.Put(Scheduler(100, 1000));
  Watch watch(tree.path());
  watch.Observe();
  watch.clock().Advance(std::chrono::seconds(5));
  EXPECT_FALSE(watch.collector().Observe(Deadline{watch.clock().SteadyNow()}));
  EXPECT_THROW(watch.Tick(), std::runtime_error);
  for (int tick = 0; tick < 3; ++tick) EXPECT_THROW(watch.Tick(), std::runtime_error);
  EXPECT_TRUE(watch.Tick().full);
  EXPECT_FALSE(watch.Tick().full);
}

}  // namespace
}  // namespace airflow_host
