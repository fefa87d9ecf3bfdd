#include "exporter/insight/kill_fallback.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "exporter/insight/kill_tally.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

class KillFallbackTest : public ::testing::Test {
 protected:
  KillFallbackTest() { fallback_.SetActive(true); }

  void Host(std::uint64_t kills) { fallback_.AbsorbHost(kills, At(now_), now_); }
  /// A container of cgroup v2 with so many kills by its own limit.
  static Container Limited(std::uint64_t kills, std::uint64_t inode = 1,
                           const std::string& path = "/docker/a") {
    Container container;
    container.cgroup_path = path;
    container.cgroup_inode = inode;
    container.memory.limit = 1;
    container.events.oom = kills;
    container.events.oom_kill = kills;
    return container;
  }
  void See(std::vector<Container> containers, bool truncated = false,
           std::vector<LateKills> late = {}) {
    ContainerObservation seen;
    seen.observed_at = At(now_);
    seen.truncated = truncated;
    seen.late_kills = std::move(late);
    std::vector<std::string> names;
    for (const Container& container : containers) {
      names.push_back(container.cgroup_path.substr(container.cgroup_path.rfind('/') + 1));
    }
    seen.containers = std::move(containers);
    fallback_.AbsorbContainers(seen, names, now_);
  }
  /// One container with so many kills.
  void Containers(std::uint64_t kills) { See({Limited(kills)}); }
  static SystemTime At(SteadyTime now) { return FromSecondsSinceEpoch(0) + now.time_since_epoch(); }
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

TEST_F(KillFallbackTest, IsNotSpoiledByAKillThatNobodyClaims) {
  Host(0);
  Containers(0);
  Host(1);  // Of no container.
  now_ += KillFallback::kPatience;
  EXPECT_EQ(Take(), Counts{"unknown  1"});
  now_ += KillFallback::kPatience;
  Containers(0);
  for (std::uint64_t kills = 1; kills <= 3; ++kills) {
    Host(1 + kills);
    Containers(kills);
    EXPECT_EQ(Take(), Counts{"cgroup a 1"});
    now_ += seconds(60);
  }
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, IsNotSpoiledByAKillThatTheHostNeverTells) {
  Host(0);
  Containers(0);
  Containers(1);
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
  now_ += KillFallback::kPatience;
  Host(0);
  Host(1);
  now_ += KillFallback::kPatience;
  EXPECT_EQ(Take(), Counts{"unknown  1"});
}

TEST_F(KillFallbackTest, CallsAKillWithoutAnyLimitTheHosts) {
  Container container = Limited(0);
  container.memory.limit.reset();
  container.events.oom.reset();
  See({container});
  container.events.oom_kill = 1;
  See({container});
  EXPECT_EQ(Take(), Counts{"global a 1"});
}

TEST_F(KillFallbackTest, CallsAKillTheHostsWhereNoLimitWasReached) {
  See({Limited(2)});
  Container container = Limited(3);
  container.events.oom = 2;
  See({container});
  EXPECT_EQ(Take(), Counts{"global a 1"});
}

TEST_F(KillFallbackTest, CallsAKillTheCgroupsWhereTheLimitOfAHolderWasReached) {
  See({Limited(0, 1, "/s.service"), Limited(0, 2, "/s.service/a")});
  Container container = Limited(1, 2, "/s.service/a");
  container.events.oom = 0;
  See({Limited(1, 1, "/s.service"), container});
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
}

TEST_F(KillFallbackTest, DoesNotSayWhoseLimitItWasWhereTheKernelDoesNot) {
  Container container = Limited(0);
  container.events.oom.reset();  // v1
  See({container});
  container.events.oom_kill = 1;
  See({container});
  EXPECT_EQ(Take(), Counts{"unknown a 1"});
  container.events.oom_kill = 2;
  container.events.max = 70;
  See({container});
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
}

TEST_F(KillFallbackTest, CountsInAContainerThatIsNewAndInOneThatWasMadeAnew) {
  See({});
  Containers(2);
  EXPECT_EQ(Take(), Counts{"cgroup a 2"});
  See({Limited(2, 7)});  // At the same path.
  EXPECT_EQ(Take(), Counts{"cgroup a 2"});
}

TEST_F(KillFallbackTest, CountsNothingOfAContainerThatWasOnlyLeftOut) {
  See({});
  See({Limited(2)}, true);
  See({Limited(2), Limited(3, 2, "/docker/b")});  // The last one had been truncated.
  See({});                                        // Could not be read.
  See({Limited(2), Limited(3, 2, "/docker/b")});
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, CountsWhatAContainerDidNotLiveToTell) {
  Host(0);
  See({Limited(3), Limited(0, 2, "/docker/b")});
  Host(1);
  See({Limited(0, 2, "/docker/b")}, false, {{1, 1}, {99, 1}});
  EXPECT_EQ(Take(), Counts{"unknown a 1"});
  now_ += seconds(60);
  EXPECT_EQ(Take(), Counts{});
  See({Limited(4), Limited(0, 2, "/docker/b")});  // It had only been unreadable.
  EXPECT_EQ(Take(), Counts{});
}

TEST_F(KillFallbackTest, CountsOnceWhatAServiceAndAContainerInItBothCount) {
  const auto see = [this](std::uint64_t service, std::uint64_t container) {
    See({Limited(service, 1, "/docker.service"), Limited(container, 2, "/docker.service/x/a")});
  };
  see(0, 0);
  see(2, 1);
  EXPECT_EQ(Take(), (Counts{"cgroup docker.service 1", "cgroup a 1"}));
  see(2, 2);  // The service was read a moment earlier.
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
  see(3, 2);
  EXPECT_EQ(Take(), Counts{});
  see(4, 2);
  EXPECT_EQ(Take(), Counts{"cgroup docker.service 1"});
}

TEST_F(KillFallbackTest, AddsUpWhatVersionOneCountsApart) {
  const auto see = [this](std::uint64_t service, std::uint64_t container) {
    std::vector<Container> both = {Limited(service, 1, "/s.service"),
                                   Limited(container, 2, "/s.service/a")};
    for (Container& one : both) one.events.oom.reset();
    See(both);
  };
  see(0, 0);
  see(1, 1);
  EXPECT_EQ(Take(), (Counts{"unknown s.service 1", "unknown a 1"}));
}

TEST_F(KillFallbackTest, LosesNothingThatIsPendingWhenTheLogIsBack) {
  Host(0);
  Host(2);
  See({Limited(0)});
  fallback_.SetActive(false);
  Containers(1);
  EXPECT_EQ(Take(), Counts{"cgroup a 1"});
  now_ += KillFallback::kPatience;
  EXPECT_EQ(Take(), Counts{"unknown  1"});
}

TEST_F(KillFallbackTest, KnowsWhichKillsItHasCounted) {
  fallback_.SetActive(false);
  Host(0);
  const SteadyTime start = now_;
  fallback_.SetActive(true);
  now_ += seconds(5);
  Host(1);
  fallback_.SetActive(false);
  now_ += seconds(5);
  Host(1);
  EXPECT_FALSE(fallback_.HasCounted(At(start), true));
  EXPECT_TRUE(fallback_.HasCounted(At(start + seconds(1)), false));
  EXPECT_TRUE(fallback_.HasCounted(At(start + seconds(5)), false));
  EXPECT_FALSE(fallback_.HasCounted(At(start + seconds(6)), false));
}

TEST_F(KillFallbackTest, LeavesToTheLogWhatTheHostToldWhileItCouldBeRead) {
  fallback_.SetActive(false);
  Host(0);
  Containers(0);
  Host(1);
  fallback_.SetActive(true);
  Containers(1);
  now_ += seconds(60);
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
