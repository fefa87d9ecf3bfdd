#include "collectors/container/container_ledger.h"

#include <gtest/gtest.h>

#include <random>

namespace airflow_host {
namespace {

using std::chrono::minutes;

/// A container by its name, with its cgroup and how many of it were killed.
Container Make(std::string name, std::uint64_t inode, std::uint64_t kills) {
  Container container;
  container.id = std::to_string(100'000'000'000 + inode) + std::string(52, 'a');
  container.name = std::move(name);
  container.cgroup_inode = inode;
  container.events.oom_kill = kills;
  return container;
}

class ContainerLedgerTest : public testing::Test {
 protected:
  /// Enters `containers` as one observation, some time after the last.
  std::vector<Container> Enter(std::vector<Container> containers) {
    now_ += cadence_;
    ledger_.Enter(containers, now_);
    return containers;
  }
  /// The same of one container.
  Container EnterOne(Container container) { return Enter({std::move(container)})[0]; }

  ContainerLedger ledger_;
  SteadyTime now_{};
  std::chrono::milliseconds cadence_{5000};
};

TEST_F(ContainerLedgerTest, KeepsTheKillsOfAContainerThatWasReplaced) {
  EXPECT_EQ(EnterOne(Make("worker", 1, 3)).events_of_key.oom_kill, 3U);
  const Container replaced = EnterOne(Make("worker", 2, 0));
  EXPECT_EQ(replaced.events_of_key.oom_kill, 3U);
  EXPECT_EQ(replaced.restarts_of_key, 1U);
  Enter({});
  const Container again = EnterOne(Make("worker", 3, 2));
  EXPECT_EQ(again.events_of_key.oom_kill, 5U);
  EXPECT_EQ(again.restarts_of_key, 2U);
}

TEST_F(ContainerLedgerTest, TheFirstOneIsNoRestart) {
  EXPECT_EQ(EnterOne(Make("worker", 1, 0)).restarts_of_key, 0U);
  EXPECT_EQ(EnterOne(Make("worker", 1, 0)).restarts_of_key, 0U);
}

TEST_F(ContainerLedgerTest, WhatTheKernelDoesNotCountIsAbsentAndNot0) {
  Container container = Make("worker", 1, 0);
  container.events.oom_kill.reset();
  EXPECT_EQ(EnterOne(container).events_of_key.oom_kill, std::nullopt);
  EXPECT_EQ(EnterOne(Make("worker", 1, 0)).events_of_key.oom_kill, 0U);
}

TEST_F(ContainerLedgerTest, GoesOnWhereACounterWasSetBack) {
  EnterOne(Make("worker", 1, 7));
  EXPECT_EQ(EnterOne(Make("worker", 1, 1)).events_of_key.oom_kill, 8U);
  EXPECT_EQ(EnterOne(Make("worker", 1, 2)).events_of_key.oom_kill, 9U);
}

TEST_F(ContainerLedgerTest, ANameThatIsLostAndFoundCountsNothingTwice) {
  EnterOne(Make("worker", 1, 5));
  EXPECT_EQ(EnterOne(Make("", 1, 5)).events_of_key.oom_kill, 5U);
  const Container found = EnterOne(Make("worker", 1, 6));
  EXPECT_EQ(found.events_of_key.oom_kill, 6U);
  EXPECT_EQ(found.restarts_of_key, 0U);
}

TEST_F(ContainerLedgerTest, WithoutNamesTheComponentIsTheKey) {
  Container scheduler = Make("", 1, 2);
  scheduler.component = "scheduler";
  EnterOne(scheduler);
  scheduler = Make("", 2, 0);
  EXPECT_EQ(EnterOne(scheduler).component, "") << "not known yet, and not to be guessed";
  scheduler.component = "scheduler";
  scheduler = EnterOne(scheduler);
  EXPECT_EQ(scheduler.events_of_key.oom_kill, 2U);
  EXPECT_EQ(scheduler.restarts_of_key, 1U);
}

TEST_F(ContainerLedgerTest, TwoOfOneNameAreToldApartAndNeitherIsARestart) {
  EnterOne(Make("worker", 1, 4));
  const auto both = Enter({Make("worker", 1, 4), Make("worker", 2, 1)});
  EXPECT_EQ(both[0].events_of_key.oom_kill, 4U);
  EXPECT_EQ(both[1].events_of_key.oom_kill, 1U);
  EXPECT_EQ(both[0].restarts_of_key, 0U);
  EXPECT_EQ(both[1].restarts_of_key, 0U);
  const Container left = EnterOne(Make("worker", 1, 4));
  EXPECT_EQ(left.events_of_key.oom_kill, 4U);
  EXPECT_EQ(left.restarts_of_key, 0U);
}

Container MakeWorker(std::uint64_t inode, std::uint64_t kills) {
  Container container = Make("", inode, kills);
  container.component = "celery_worker";
  return container;
}

TEST_F(ContainerLedgerTest, TheOneThatIsLeftOfTwoWasNotRestarted) {
  EnterOne(MakeWorker(1, 3));
  Enter({MakeWorker(1, 3), MakeWorker(2, 2)});
  const auto both = Enter({MakeWorker(1, 3), MakeWorker(2, 4)});
  EXPECT_EQ(both[1].events_of_key.oom_kill, 4U);
  // The key's count stands where the first one left it; what the second was counted with goes on
  // under the key that it had.
  Container left = EnterOne(MakeWorker(2, 4));
  EXPECT_EQ(left.restarts_of_key, 0U);
  EXPECT_EQ(left.events_of_key.oom_kill, 3U);
  left = EnterOne(MakeWorker(2, 5));
  EXPECT_EQ(left.events_of_key.oom_kill, 4U);
  left = EnterOne(MakeWorker(2, 1));
  EXPECT_EQ(left.events_of_key.oom_kill, 5U) << "set back to 0 by hand";
  left = EnterOne(MakeWorker(3, 0));
  EXPECT_EQ(left.restarts_of_key, 1U);
  EXPECT_EQ(left.events_of_key.oom_kill, 5U);
}

TEST_F(ContainerLedgerTest, TheOneThatIsLeftBringsNoRestartsInPlaceAlong) {
  Container second = MakeWorker(2, 0);
  second.restarts_in_place = 2;
  EnterOne(MakeWorker(1, 0));
  Enter({MakeWorker(1, 0), second});
  EXPECT_EQ(EnterOne(second).restarts_of_key, 0U);
  second.restarts_in_place = 3;
  EXPECT_EQ(EnterOne(second).restarts_of_key, 1U);
}

TEST_F(ContainerLedgerTest, ANamedContainerKeepsItsComponentWhileItStarts) {
  Container service = Make("airflow-scheduler.service", 1, 0);
  service.component = "scheduler";
  EnterOne(service);
  EXPECT_EQ(EnterOne(Make("airflow-scheduler.service", 2, 0)).component, "scheduler");
}

TEST_F(ContainerLedgerTest, CountsRestartsInPlace) {
  Container service = Make("airflow-scheduler.service", 1, 0);
  service.restarts_in_place = 2;
  EXPECT_EQ(EnterOne(service).restarts_of_key, 2U);
  EXPECT_EQ(EnterOne(service).restarts_of_key, 2U);
  service.restarts_in_place = 1;  // Another collector.
  EXPECT_EQ(EnterOne(service).restarts_of_key, 3U);
}

TEST_F(ContainerLedgerTest, AddsKillsThatBecomeKnownAfterTheEnd) {
  EnterOne(Make("", 1, 1));
  EnterOne(Make("worker", 1, 1));
  std::vector<Container> replaced = {Make("worker", 2, 0)};
  const std::vector<LateKills> late = {{1, 2}, {77, 9}};
  ledger_.Enter(replaced, late, now_ += cadence_);
  EXPECT_EQ(replaced[0].events_of_key.oom_kill, 3U);
  EXPECT_EQ(EnterOne(Make("", 1, 1)).events_of_key.oom_kill, 1U);
}

TEST_F(ContainerLedgerTest, ForgetsAKeyThatHadNoContainerForAnHour) {
  EnterOne(Make("worker", 1, 3));
  now_ += minutes(59);
  Enter({});
  EXPECT_EQ(ledger_.size(), 1U);
  now_ += minutes(1);
  Enter({});
  EXPECT_EQ(ledger_.size(), 0U);
  EXPECT_EQ(EnterOne(Make("worker", 2, 1)).events_of_key.oom_kill, 1U);
}

TEST_F(ContainerLedgerTest, StaysWithinItsBounds) {
  for (std::uint64_t at = 1; at <= 5000; ++at) {
    EnterOne(Make("task-" + std::to_string(at), at, 1));
  }
  EXPECT_LE(ledger_.size(), ContainerLedger::kMostVacant + 1);
  EXPECT_EQ(EnterOne(Make("task-5000", 6000, 1)).restarts_of_key, 1U) << "the newest are kept";
}

TEST_F(ContainerLedgerTest, NeverGoesBackWhateverHappens) {
  cadence_ = std::chrono::milliseconds(100);  // Nothing is forgotten meanwhile.
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time.
  std::map<ContainerKey, std::pair<std::uint64_t, std::uint64_t>> told;
  std::uint64_t inode = 0;
  std::vector<Container> running;
  for (int step = 0; step < 20'000; ++step) {
    const auto at = random() % 4;
    if (random() % 4 == 0 && running.size() < 4) {
      running.push_back(Make("c" + std::to_string(random() % 3), ++inode, 0));
    } else if (at < running.size() && random() % 3 == 0) {
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (at < running.size()) {
      *running[at].events.oom_kill += random() % 3;
    }
    const auto seen = Enter(running);
    const auto keys = ContainerKeys(seen);
    for (std::size_t index = 0; index < seen.size(); ++index) {
      auto& [kills, restarts] = told[keys[index]];
      ASSERT_GE(*seen[index].events_of_key.oom_kill, kills) << keys[index].container;
      ASSERT_GE(*seen[index].restarts_of_key, restarts) << keys[index].container;
      kills = *seen[index].events_of_key.oom_kill;
      restarts = *seen[index].restarts_of_key;
    }
  }
}

}  // namespace
}  // namespace airflow_host
