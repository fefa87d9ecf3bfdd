// PSS, private memory and file descriptors: in turn, within the budget, and never guessed.
#include "collectors/component/costly_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/unit/component/process_tree.h"
#include "tests/unit/component/watch.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;

TEST(CpuBudget, GrantsAShareOfThePassingTime) {
  std::chrono::nanoseconds used{0};
  CpuBudget budget(0.01, std::chrono::seconds(5), [&] { return used; });
  SteadyTime now{};
  budget.Begin(now);
  used += milliseconds(49);
  EXPECT_TRUE(budget.Left());
  used += milliseconds(1);
  EXPECT_FALSE(budget.Left());
  used += milliseconds(25);  // One reading overdraws it.
  EXPECT_FALSE(budget.Left());
  used += std::chrono::hours(1);  // What others use between two rounds does not count.
  now += std::chrono::seconds(2);
  budget.Begin(now);
  EXPECT_FALSE(budget.Left());
  now += std::chrono::seconds(1);
  budget.Begin(now);
  EXPECT_TRUE(budget.Left());
}

TEST(CpuBudget, SavesUpTwoPeriodsAtMost) {
  std::chrono::nanoseconds used{0};
  CpuBudget budget(0.01, std::chrono::seconds(5), [&] { return used; });
  budget.Begin(SteadyTime{});
  budget.Begin(SteadyTime{} + std::chrono::hours(1));
  used += milliseconds(99);
  EXPECT_TRUE(budget.Left());
  used += milliseconds(1);
  EXPECT_FALSE(budget.Left());
}

TEST(CpuBudget, GrantsNothingOfNothing) {
  CpuBudget budget(0, std::chrono::seconds(5), ThreadCpuTime);
  budget.Begin(SteadyTime{});
  EXPECT_FALSE(budget.Left());
}

FakeProcess Sized(int pid, std::uint64_t rss, std::uint64_t pss, std::uint64_t private_dirty) {
  FakeProcess process = Scheduler(pid, 1000);
  process.anonymous = rss;
  process.file = 0;
  process.pss = pss;
  process.private_dirty = private_dirty;
  return process;
}

/// So many readings use up what a walk is granted: each look at the clock takes its part of it.
ComponentSettings WithTurns(int turns) {
  ComponentSettings settings;
  const std::chrono::nanoseconds step(50'000'000 / (turns + 1) + 1);
  settings.cpu_clock = [step, used = std::chrono::nanoseconds(0)]() mutable {
    return used += step;
  };
  return settings;
}

/// The pids whose PSS is known.
std::vector<int> Known(const ComponentObservation& observation) {
  std::vector<int> pids;
  for (const ProcessSample& sample : observation.processes) {
    if (sample.pss_bytes) pids.push_back(sample.pid);
  }
  return pids;
}

TEST(ComponentPss, IsReadAndCarriedOnByItsRatio) {
  const ProcessTree tree;
  FakeProcess process = Sized(100, 1000, 600, 250);
  tree.Put(process);
  Watch watch(tree.path(), WithTurns(1));
  watch.Walk();
  EXPECT_EQ(watch.Process(100).pss_bytes, 600U * 1024);
  EXPECT_EQ(watch.Process(100).private_bytes, 250U * 1024);
  EXPECT_EQ(watch.Of(Component::kScheduler).pss_bytes, 600U * 1024);
  EXPECT_EQ(watch.Of(Component::kScheduler).private_bytes, 250U * 1024);
  // Two that are larger and new take the next turns.
  tree.Put(Sized(200, 9000, 1, 1));
  tree.Put(Sized(300, 8000, 1, 1));
  process.anonymous = 2000;
  process.pss = 1500;
  tree.Put(process);
  watch.Walk();
  EXPECT_EQ(watch.Process(100).pss_bytes, 1200U * 1024);
  EXPECT_EQ(watch.Process(100).private_bytes, 500U * 1024);
  watch.Walk();
  EXPECT_EQ(watch.Process(100).pss_bytes, 1500U * 1024);
}

TEST(ComponentPss, TakesTurnsAirflowFirstAndTheLargeFirst) {
  const ProcessTree tree;
  FakeProcess redis = Sized(50, 90'000, 80'000, 1);
  redis.comm = "redis-server";
  redis.cmdline = "redis-server *:6379";
  tree.Put(redis);
  for (int i = 1; i <= 4; ++i) tree.Put(Sized(100 + i, 1000U * static_cast<unsigned>(i), 100, 10));
  Watch watch(tree.path(), WithTurns(2));
  EXPECT_EQ(Known(watch.Walk()), (std::vector<int>{103, 104}));
  EXPECT_EQ(Known(watch.Walk()), (std::vector<int>{101, 102, 103, 104}));
  EXPECT_EQ(Known(watch.Walk()), (std::vector<int>{101, 102, 103, 104, 50}));
}

TEST(ComponentPss, TheUnreadCountAsTheirSiblingsDoOnAverage) {
  const ProcessTree tree;
  tree.Put(Sized(100, 3000, 1500, 300));
  tree.Put(Sized(200, 1000, 1, 1));
  Watch watch(tree.path(), WithTurns(1));
  EXPECT_EQ(Known(watch.Walk()), (std::vector<int>{100}));
  EXPECT_EQ(watch.Of(Component::kScheduler).pss_bytes, 2000U * 1024);
  EXPECT_EQ(watch.Of(Component::kScheduler).private_bytes, 400U * 1024);
}

TEST(ComponentPss, NewOnesDoNotStarveTheOld) {
  const ProcessTree tree;
  FakeProcess old = Sized(100, 1000, 100, 10);
  tree.Put(old);
  Watch watch(tree.path(), WithTurns(1));
  watch.Walk();
  tree.Put(Sized(200, 5000, 100, 10));
  watch.Walk();  // Reads both: the first walk had something left over.
  old.pss = 700;
  tree.Put(old);
  int walks = 0;
  while (watch.Process(100).pss_bytes == 100U * 1024 && walks < 30) {
    tree.Put(Sized(1000 + walks, 5000, 100, 10));
    watch.Walk();
    ++walks;
  }
  EXPECT_EQ(watch.Process(100).pss_bytes, 700U * 1024);
  EXPECT_GT(walks, 5);
}

TEST(ComponentPss, WhatIsDeniedLeavesNoSum) {
  const ProcessTree tree;
  tree.Put(Sized(100, 1000, 600, 250));
  tree.Put(Sized(200, 1000, 600, 250));
  tree.Put(Sized(300, 1000, 600, 250));
  FakeProcess triggerer = Sized(400, 1000, 500, 1);
  triggerer.cmdline = Command("triggerer");
  tree.Put(triggerer);
  Watch watch(tree.path(), WithTurns(10));
  watch.Walk();
  EXPECT_TRUE(watch.Process(200).pss_bytes);
  EXPECT_TRUE(watch.Of(Component::kScheduler).pss_bytes);
  // A supervisor that has run a task is no longer dumpable.
  tree.Deny("200/smaps_rollup");
  const WithoutRights without;
  watch.Walk();
  EXPECT_EQ(watch.Process(200).pss_bytes, std::nullopt);
  EXPECT_EQ(watch.Process(200).private_bytes, std::nullopt);
  EXPECT_EQ(watch.Process(200).rss_bytes, 1000U * 1024);
  EXPECT_EQ(watch.Process(100).pss_bytes, 600U * 1024);
  EXPECT_EQ(watch.Of(Component::kScheduler).pss_bytes, std::nullopt);
  EXPECT_EQ(watch.Of(Component::kScheduler).private_bytes, std::nullopt);
  EXPECT_EQ(watch.Of(Component::kScheduler).rss_bytes, 3000U * 1024);
  EXPECT_EQ(watch.Of(Component::kTriggerer).pss_bytes, 500U * 1024);
  EXPECT_EQ(watch.last().pss_denied, 1U);
}

TEST(ComponentPss, IsNotReadWithoutABudget) {
  const ProcessTree tree;
  FakeProcess process = Sized(100, 1000, 600, 250);
  process.open_files = 3;
  tree.Put(process);
  ComponentSettings settings;
  settings.pss_budget_percent = 0;
  Watch watch(tree.path(), settings);
  watch.Walk();
  EXPECT_EQ(watch.Process(100).pss_bytes, std::nullopt);
  EXPECT_EQ(watch.Of(Component::kScheduler).pss_bytes, std::nullopt);
  EXPECT_EQ(watch.Of(Component::kScheduler).open_fds, std::nullopt);
}

TEST(ComponentPss, OfAProcessThatIsSwappedOutIsNothing) {
  const ProcessTree tree;
  tree.Put(Sized(100, 0, 0, 0));
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).rss_bytes, 0U);
  EXPECT_EQ(watch.Of(Component::kScheduler).pss_bytes, std::nullopt);
}

TEST(ComponentDescriptors, AreThoseOfTheProcessNearestItsLimit) {
  const ProcessTree tree;
  FakeProcess process = Scheduler(100, 1000);
  process.open_files = 12;
  process.file_limit = "1000";
  tree.Put(process);
  process.pid = 200;
  process.open_files = 8;
  process.file_limit = "10";
  tree.Put(process);
  process.pid = 300;
  process.open_files = 40;
  process.file_limit = "unlimited";
  tree.Put(process);
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).open_fds, 8U);
  EXPECT_EQ(watch.Of(Component::kScheduler).max_fds, 10U);
}

TEST(ComponentDescriptors, StandAloneWhereThereIsNoLimit) {
  const ProcessTree tree;
  FakeProcess process = Scheduler(100, 1000);
  process.open_files = 12;
  tree.Put(process);
  process.pid = 200;
  process.open_files = 13;
  tree.Put(process);
  process.pid = 300;
  process.open_files.reset();
  tree.Put(process);
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Of(Component::kScheduler).open_fds, 13U);
  EXPECT_EQ(watch.Of(Component::kScheduler).max_fds, std::nullopt);
}

TEST(ProcessReader, CountsItsOwnDescriptors) {
  ProcessReader reader("/proc");
  const int own = ::getpid();
  const auto before = reader.CountDescriptors(own);
  ASSERT_TRUE(before);
  const int copy = ::dup(0);
  EXPECT_EQ(reader.CountDescriptors(own), *before + 1);
  ::close(copy);
  EXPECT_EQ(reader.CountDescriptors(4'194'305), std::nullopt);  // No such process.
}

TEST(ProcessReader, ReadsWhatIsLargerThanItsBuffer) {
  const ProcessTree tree;
  ProcessReader reader(tree.path());
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100'000U}) {
    tree.Write("100/cmdline", std::string(size, 'x'));
    EXPECT_EQ(reader.Read(100, "cmdline").value().size(), size);
  }
  tree.Write("100/cmdline", std::string(300'000, 'x'));
  EXPECT_EQ(reader.Read(100, "cmdline").value().size(), 128U * 1024);
  EXPECT_EQ(reader.Read(100, "stat").error(), ErrorKind::kAbsent);
}

}  // namespace
}  // namespace airflow_host
