#include "exporter/insight/kill_fallback.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exporter/insight/kill_tally.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

class KillFallbackTest : public ::testing::Test {
 protected:
  KillFallbackTest() { fallback_.SetActive(true); }

  void Host(std::uint64_t kills) { fallback_.AbsorbHost(kills, now_); }
  /// One container with so many kills, or none.
  void Containers(std::optional<std::uint64_t> kills, bool limited = true, bool truncated = false) {
    ContainerObservation seen;
    seen.truncated = truncated;
    std::vector<std::string> names;
    if (kills) {
      Container container;
      container.cgroup_path = "/docker/a";
      container.events.oom_kill = kills;
      if (limited) container.memory.limit = 1;
      seen.containers.push_back(container);
      names.emplace_back("a");
    }
    fallback_.AbsorbContainers(seen, names);
  }
  /// "SCOPE CONTAINER KILLS" of all that is to be counted.
  std::vector<std::string> Take() {
    std::vector<std::string> counts;
    for (const KillCount& count : fallback_.Take(now_)) {
      counts.push_back(count.scope + " " + count.container + " " + std::to_string(count.kills));
    }
    return counts;
  }
  using Counts = std::vector<std::string>;

  KillFallback fallback_;
  SteadyTime now_{seconds(1000)};
};

TEST_F(KillFallbackTest, CountsNothingThatWasBefore) {
  Host(7);
  Containers(3);
  now_ += seconds(60);
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, GivesAContainersKillToIt) {
  Host(0);
  Containers(0);
  Host(1);
  Containers(1);
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
  now_ += seconds(60);
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, DoesNotMindWhichOfBothIsFirst) {
  Host(0);
  Containers(0);
  Containers(1);
  Host(1);
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
  now_ += seconds(60);
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, WaitsBeforeItCallsAKillNobodys) {
  Host(0);
  Containers(0);
  Host(2);
  now_ += seconds(11);
  EXPECT_EQ(Take(), Counts{});
  now_ += seconds(1);
  EXPECT_EQ(Take(), Counts{"unknown  2"});
}

TEST_F(KillFallbackTest, LetsAContainerThatIsTooLateCountNothingTwice) {
  Host(0);
  Containers(0);
  Host(1);
  now_ += seconds(12);
  EXPECT_EQ(Take(), Counts{"unknown  1"});
  Containers(1);
  EXPECT_EQ(Take(), Counts{});
  Host(2);
  Containers(2);
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
}

TEST_F(KillFallbackTest, CallsAKillWithoutAnyLimitTheHosts) {
  Containers(0, false);
  Containers(1, false);
  EXPECT_EQ(Take(), Counts{"global a 1"});
}

TEST_F(KillFallbackTest, CountsInAContainerThatIsNewAndInOneThatWasMadeAnew) {
  Containers(std::nullopt);
  Containers(2);
  EXPECT_EQ(Take(), Counts{"cgroup a 2"});
  Containers(1);  // Counts from 0 again.
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
}

TEST_F(KillFallbackTest, CountsNothingOfAContainerThatWasOnlyLeftOut) {
  Containers(std::nullopt);
  Containers(2, true, true);
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, IsSilentWhereTheLogCanBeRead) {
  fallback_.SetActive(false);
  Host(0);
  Containers(0);
  Host(1);
  Containers(1);
  now_ += seconds(60);
  EXPECT_EQ(Take(), Counts{});
  fallback_.SetActive(true);
  Host(1);
  Containers(1);
  now_ += seconds(60);
  EXPECT_EQ(Take(), Counts{});
}

TEST(KillTally, IsBounded) {
  KillTally tally;
  for (int number = 0; number < 5000; ++number) {
    tally.Declare("task", "c" + std::to_string(number));
    tally.Add("task", "d" + std::to_string(number), "cgroup", 1);
  }
  std::uint64_t sum = 0;
  std::uint64_t other = 0;
  for (const KillCount& count : tally.Counts()) {
    sum += count.kills;
    if (count.container == "other") other = count.kills;
  }
  EXPECT_LE(tally.Counts().size(), 2 * KillTally::kMostPairs + 10);
  EXPECT_EQ(sum, 5000U);
  EXPECT_GT(other, 0U);
}

}  // namespace
}  // namespace airflow_host
