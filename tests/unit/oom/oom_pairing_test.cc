#include "collectors/oom/oom_pairing.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

class OomPairingTest : public ::testing::Test {
 protected:
  void Add(std::string text, std::uint32_t facility = 0) {
    now_ += milliseconds(1);
    pairing_.Add({facility, ++sequence_, now_, std::move(text)});
  }
  void Choose(int pid, const std::string& memcg = "/c") {
    Add("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=" +
        memcg + ",task_memcg=" + memcg + ",task=a,pid=" + std::to_string(pid) + ",uid=0");
  }
  void Kill(int pid) {
    Add("Memory cgroup out of memory: Killed process " + std::to_string(pid) +
        " (a) total-vm:4kB, anon-rss:3kB, file-rss:2kB, shmem-rss:1kB, UID:0 pgtables:9kB "
        "oom_score_adj:0");
  }
  std::vector<PairedKill> Take() { return pairing_.Take(now_); }

  OomPairing pairing_;
  microseconds now_ = seconds(100);
  std::uint64_t sequence_ = 0;
};

TEST_F(OomPairingTest, PutsBothLinesTogether) {
  Choose(5);
  EXPECT_TRUE(Take().empty());
  Kill(5);
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 1U);
  EXPECT_EQ(kills[0].pid(), 5);
  EXPECT_EQ(kills[0].sequence, 2U);
  ASSERT_TRUE(kills[0].choice);
  EXPECT_EQ(kills[0].choice->task_memcg, "/c");
  EXPECT_TRUE(Take().empty());
}

TEST_F(OomPairingTest, TellsKillsApartByPid) {
  Choose(5, "/five");
  Choose(6, "/six");
  Kill(6);
  Kill(5);
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 2U);
  EXPECT_EQ(kills[0].choice->task_memcg, "/six");
  EXPECT_EQ(kills[1].choice->task_memcg, "/five");
}

TEST_F(OomPairingTest, TakesTheLinesInTheOtherOrder) {
  Kill(5);
  const auto first = Take();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_FALSE(first[0].choice);
  Choose(5);
  const auto again = Take();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].sequence, first[0].sequence);
  EXPECT_EQ(again[0].choice->task_memcg, "/c");
}

TEST_F(OomPairingTest, KnowsAKillWithoutItsChoice) {
  Kill(5);
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 1U);
  EXPECT_FALSE(kills[0].choice);
}

TEST_F(OomPairingTest, KnowsAKillByItsChoiceAloneOnceNothingMoreCanCome) {
  Choose(5);
  now_ += seconds(5);
  EXPECT_TRUE(Take().empty());
  now_ += seconds(1);
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 1U);
  EXPECT_FALSE(kills[0].killed);
  EXPECT_EQ(kills[0].pid(), 5);
  EXPECT_EQ(kills[0].logged, seconds(100) + milliseconds(1));
}

TEST_F(OomPairingTest, CountsNoVictimThatWasSkipped) {
  Choose(5);
  Add("Memory cgroup out of memory: OOM victim 5 (a) is already exiting. Skip killing the task");
  now_ += seconds(10);
  EXPECT_TRUE(Take().empty());
}

TEST_F(OomPairingTest, KnowsEachOfAGroupOnce) {
  Choose(5);
  Kill(5);
  Add("Tasks in /c are going to be killed due to memory.oom.group set");
  Kill(5);
  Kill(6);
  Kill(7);
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 3U);
  EXPECT_EQ(kills[1].pid(), 6);
  EXPECT_EQ(kills[2].pid(), 7);
}

TEST_F(OomPairingTest, KnowsAPidThatIsUsedAgain) {
  Kill(5);
  EXPECT_EQ(Take().size(), 1U);
  now_ += seconds(60);
  Kill(5);
  EXPECT_EQ(Take().size(), 1U);
}

TEST_F(OomPairingTest, ReadsOlderKernels) {
  Add("Task in /docker/7e29 killed as a result of limit of /docker");
  Add("memory: usage 262144kB, limit 262144kB, failcnt 2472");
  Add("Memory cgroup out of memory: Kill process 24572 (java) score 968 or sacrifice child");
  Add("Killed process 28438 (java) total-vm:20255636kB, anon-rss:466160kB, file-rss:13684kB");
  Add("Out of memory: Kill process 7 (b) score 968 or sacrifice child");
  Add("Killed process 7 (b) total-vm:20255636kB, anon-rss:466160kB, file-rss:13684kB");
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 2U);
  ASSERT_TRUE(kills[0].limit);
  EXPECT_EQ(kills[0].limit->task_memcg, "/docker/7e29");
  EXPECT_EQ(kills[0].intention, OomScope::kCgroup);
  EXPECT_FALSE(kills[1].limit);
  EXPECT_EQ(kills[1].intention, OomScope::kGlobal);
}

TEST_F(OomPairingTest, PutsATornChoiceTogether) {
  Add("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)");
  Add("usb 1-1: new device");
  Add(",cpuset=/,mems_allowed=0");
  Add(",oom_memcg=/c,task_memcg=/c,task=a,pid=5,uid=0");
  Kill(5);
  const auto kills = Take();
  ASSERT_EQ(kills.size(), 1U);
  ASSERT_TRUE(kills[0].choice);
  EXPECT_EQ(kills[0].choice->oom_memcg, "/c");
}

TEST_F(OomPairingTest, HearsNobodyButTheKernel) {
  Add("oom-kill:constraint=CONSTRAINT_NONE,global_oom,task_memcg=/,task=a,pid=5,uid=0", 1);
  Add("Out of memory: Killed process 5 (a) total-vm:1kB", 1);
  now_ += seconds(10);
  EXPECT_TRUE(Take().empty());
}

TEST_F(OomPairingTest, IsBounded) {
  for (int pid = 1; pid <= 5000; ++pid) Choose(pid);
  now_ += seconds(10);
  EXPECT_LE(Take().size(), 256U);
}

}  // namespace
}  // namespace airflow_host
