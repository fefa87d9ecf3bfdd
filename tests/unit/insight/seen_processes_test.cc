#include "exporter/insight/seen_processes.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

class SeenProcessesTest : public ::testing::Test {
 protected:
  void See(std::vector<ProcessSample> processes) {
    ComponentObservation seen;
    seen.observed_at = clock_.SystemNow();
    seen.processes = std::move(processes);
    memory_.Absorb(seen, clock_.SteadyNow());
  }
  static ProcessSample Sample(int pid, std::uint64_t start = 1) {
    ProcessSample sample;
    sample.pid = pid;
    sample.start_ticks = start;
    return sample;
  }
  bool Knows(int pid) const { return memory_.Find(pid, clock_.SystemNow()) != nullptr; }

  ManualClock clock_;
  SeenProcesses memory_;
};

TEST_F(SeenProcessesTest, ForgetsWhoHasBeenGoneForTwoMinutes) {
  See({Sample(5)});
  const SystemTime then = clock_.SystemNow();
  clock_.Advance(seconds(119));
  See({});
  EXPECT_NE(memory_.Find(5, then), nullptr);
  clock_.Advance(seconds(2));
  See({});
  EXPECT_EQ(memory_.Find(5, then), nullptr);
}

TEST_F(SeenProcessesTest, KeepsWhoIsAlive) {
  for (int minute = 0; minute < 10; ++minute) {
    See({Sample(5)});
    clock_.Advance(seconds(60));
  }
  EXPECT_TRUE(Knows(5));
}

TEST_F(SeenProcessesTest, DoesNotTakeALeftOutProcessForGone) {
  See({Sample(5)});
  clock_.Advance(seconds(30));
  ComponentObservation seen;
  seen.observed_at = clock_.SystemNow();
  seen.processes_omitted = 1;
  memory_.Absorb(seen, clock_.SteadyNow());
  clock_.Advance(seconds(30));
  EXPECT_TRUE(Knows(5));
}

TEST_F(SeenProcessesTest, IsBounded) {
  for (int round = 0; round < 10; ++round) {
    std::vector<ProcessSample> processes;
    for (int at = 0; at < 2000; ++at) processes.push_back(Sample(round * 2000 + at + 1));
    See(std::move(processes));
    clock_.Advance(seconds(1));
  }
  int known = 0;
  for (int pid = 1; pid <= 20'000; ++pid) known += memory_.Find(pid, SystemTime{}) != nullptr;
  EXPECT_LE(known, static_cast<int>(SeenProcesses::kMostProcesses));
  EXPECT_TRUE(Knows(20'000));
}

TEST_F(SeenProcessesTest, EndsWhereParentsNameEachOther) {
  ProcessSample one = Sample(5);
  ProcessSample other = Sample(6);
  one.parent_pid = 6;
  other.parent_pid = 5;
  See({one, other});
  EXPECT_FALSE(memory_.TaskOf(*memory_.Find(5, clock_.SystemNow()), clock_.SystemNow()));
}

}  // namespace
}  // namespace airflow_host
