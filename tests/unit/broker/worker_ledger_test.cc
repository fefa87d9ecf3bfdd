// Live, lost, gone and dropped workers.
#include "collectors/broker/worker_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

WorkerEvent Heartbeat(const std::string& worker, std::uint64_t active = 0,
                      std::uint64_t processed = 0) {
  WorkerEvent event;
  event.worker = worker;
  event.at = FromSecondsSinceEpoch(1'800'000'000);
  event.period = seconds(2);
  event.active = active;
  event.processed = processed;
  return event;
}

WorkerEvent Goodbye(const std::string& worker) {
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::kOffline;
  event.worker = worker;
  return event;
}

class WorkerLedgerTest : public ::testing::Test {
 protected:
  /// "celery@a live", "celery@b lost", ...
  std::vector<std::string> Report() {
    std::vector<std::string> lines;
    for (const BrokerWorker& worker : ledger_.Report(now_, listening_since_)) {
      lines.push_back(worker.name + (worker.live ? " live" : " lost"));
    }
    return lines;
  }
  void Bind(const std::vector<std::string>& workers) { ledger_.NoteBound(workers, true, now_); }

  SteadyTime now_{seconds(1'000'000)};
  SteadyTime listening_since_ = now_;
  WorkerLedger ledger_;
};

TEST_F(WorkerLedgerTest, TellsOfTheLiving) {
  Bind({"b", "a"});
  ledger_.Hear(Heartbeat("b", 1, 7), now_);
  ledger_.Hear(Heartbeat("a", 2, 9), now_);
  const auto workers = ledger_.Report(now_, listening_since_);
  ASSERT_EQ(workers.size(), 2U);
  EXPECT_EQ(workers[0].name, "a");
  EXPECT_TRUE(workers[0].live);
  EXPECT_EQ(workers[0].active, 2U);
  EXPECT_EQ(workers[0].processed, 9U);
  EXPECT_EQ(workers[0].heartbeat, FromSecondsSinceEpoch(1'800'000'000));
}

TEST_F(WorkerLedgerTest, LosesAWorkerThatFallsSilent) {
  Bind({"a"});
  ledger_.Hear(Heartbeat("a", 2, 9), now_);
  now_ += seconds(10);
  EXPECT_THAT(Report(), ElementsAre("a live"));
  now_ += seconds(1);
  const auto workers = ledger_.Report(now_, listening_since_);
  ASSERT_EQ(workers.size(), 1U);
  EXPECT_FALSE(workers[0].live);
  EXPECT_EQ(workers[0].active, std::nullopt) << "the dead run nothing";
  EXPECT_EQ(workers[0].processed, 9U);
  ledger_.Hear(Heartbeat("a"), now_);
  EXPECT_THAT(Report(), ElementsAre("a live")) << "it was only late";
}

TEST_F(WorkerLedgerTest, IsPatientWithSlowHeartbeats) {
  WorkerEvent slow = Heartbeat("a");
  slow.period = seconds(30);
  ledger_.Hear(slow, now_);
  now_ += seconds(60);
  EXPECT_THAT(Report(), ElementsAre("a live")) << "twice its period";
  now_ += seconds(1);
  EXPECT_THAT(Report(), ElementsAre("a lost"));
}

TEST_F(WorkerLedgerTest, LosesAWorkerThatWasBoundUnderOurEyesAndNeverHeard) {
  Bind({});
  Bind({"a"});
  now_ += seconds(10);
  EXPECT_THAT(Report(), IsEmpty()) << "not decided yet";
  now_ += seconds(1);
  EXPECT_THAT(Report(), ElementsAre("a lost"));
  Bind({});
  EXPECT_THAT(Report(), IsEmpty()) << "somebody tidied up";
}

/// A restart of the exporter loses nobody that died before it.
TEST_F(WorkerLedgerTest, OnlyCountsThoseThatWereSilentBeforeItBegan) {
  Bind({"pod-1", "pod-2"});
  now_ += seconds(10);
  EXPECT_THAT(Report(), IsEmpty());
  EXPECT_EQ(ledger_.silent(), 0U) << "not decided yet";
  now_ += seconds(1);
  EXPECT_THAT(Report(), IsEmpty());
  EXPECT_EQ(ledger_.silent(), 2U);
  Bind({"pod-1", "pod-2", "pod-3"});
  now_ += seconds(11);
  EXPECT_THAT(Report(), ElementsAre("pod-3 lost")) << "it came while we watched";
  ledger_.Hear(Heartbeat("pod-2"), now_);
  EXPECT_THAT(Report(), ElementsAre("pod-2 live", "pod-3 lost"));
  EXPECT_EQ(ledger_.silent(), 1U);
  now_ += seconds(11);
  EXPECT_THAT(Report(), ElementsAre("pod-2 lost", "pod-3 lost"));
  Bind({"pod-1"});
  EXPECT_THAT(Report(), IsEmpty());
  EXPECT_EQ(ledger_.silent(), 1U);
}

TEST_F(WorkerLedgerTest, KnowsNothingOfWhatWasBoundOnAnotherServer) {
  Bind({});
  ledger_.ForgetBindings();
  Bind({"a"});
  now_ += seconds(11);
  EXPECT_THAT(Report(), IsEmpty());
  EXPECT_EQ(ledger_.silent(), 1U);
}

TEST_F(WorkerLedgerTest, DoesNotCountTheSilentByHalves) {
  ledger_.NoteBound({"a"}, false, now_);
  ledger_.NoteBound({"a", "b"}, false, now_);
  now_ += seconds(11);
  EXPECT_THAT(Report(), IsEmpty()) << "b may have been there before";
  EXPECT_EQ(ledger_.silent(), std::nullopt);
}

TEST_F(WorkerLedgerTest, LetsGoOfThoseWhoSayGoodbye) {
  Bind({"a", "b"});
  ledger_.Hear(Heartbeat("a"), now_);
  ledger_.Hear(Heartbeat("b"), now_);
  ledger_.Hear(Goodbye("a"), now_);
  EXPECT_THAT(Report(), ElementsAre("b live"));
  now_ += seconds(3);
  Bind({"a", "b"});
  ledger_.Hear(Heartbeat("b"), now_);
  now_ += seconds(9);
  EXPECT_THAT(Report(), ElementsAre("b live")) << "the binding of a has not been taken away yet";
  ledger_.Hear(Heartbeat("a"), now_);
  EXPECT_THAT(Report(), ElementsAre("a live", "b live")) << "it has come back";
}

TEST_F(WorkerLedgerTest, LetsGoOfThoseWhoseBindingIsTakenAway) {
  Bind({"a"});
  ledger_.Hear(Heartbeat("a"), now_);
  Bind({});
  EXPECT_THAT(Report(), ElementsAre("a live"));
  now_ += seconds(11);
  EXPECT_THAT(Report(), IsEmpty()) << "its goodbye was missed";
}

TEST_F(WorkerLedgerTest, LosesWorkersWithoutControlQueues) {
  Bind({});
  ledger_.Hear(Heartbeat("a"), now_);
  now_ += seconds(11);
  EXPECT_THAT(Report(), ElementsAre("a lost")) << "worker_enable_remote_control = false";
  now_ += WorkerLedger::kRetention;
  EXPECT_THAT(Report(), IsEmpty());
}

TEST_F(WorkerLedgerTest, DropsTheLostAfterTheirTimeThoughTheyStayBound) {
  Bind({"pod-1"});
  ledger_.Hear(Heartbeat("pod-1"), now_);
  now_ += WorkerLedger::kRetention;
  Bind({"pod-1"});
  EXPECT_THAT(Report(), ElementsAre("pod-1 lost"));
  for (int round = 0; round < 3; ++round) {
    now_ += seconds(15);
    Bind({"pod-1"});
    EXPECT_THAT(Report(), IsEmpty()) << "it does not come back as a new one";
  }
  EXPECT_EQ(ledger_.silent(), 1U);
  ledger_.Hear(Heartbeat("pod-1"), now_);
  EXPECT_THAT(Report(), ElementsAre("pod-1 live"));
  EXPECT_EQ(ledger_.silent(), 0U);
}

TEST_F(WorkerLedgerTest, BlamesNobodyForATimeWithoutListening) {
  Bind({"a"});
  Bind({"a", "b"});
  ledger_.Hear(Heartbeat("a"), now_);
  now_ += seconds(60);
  listening_since_ = now_;
  Bind({"a", "b"});
  EXPECT_THAT(Report(), ElementsAre("a live"));
  now_ += seconds(11);
  EXPECT_THAT(Report(), ElementsAre("a lost", "b lost"));
}

TEST_F(WorkerLedgerTest, SurvivesAServerThatLostItsMemory) {
  Bind({"a", "b"});
  ledger_.Hear(Heartbeat("a"), now_);
  ledger_.Hear(Heartbeat("b"), now_);
  ledger_.ForgetBindings();
  Bind({"a"});
  ledger_.Hear(Heartbeat("a"), now_);
  now_ += seconds(11);
  ledger_.Hear(Heartbeat("a"), now_);
  EXPECT_THAT(Report(), ElementsAre("a live", "b lost"))
      << "b did not take its binding away: the server forgot it";
}

TEST_F(WorkerLedgerTest, TakesAnIncompleteListForWhatItIs) {
  Bind({"a"});
  ledger_.Hear(Heartbeat("a"), now_);
  ledger_.NoteBound({"b"}, false, now_);
  now_ += seconds(11);
  EXPECT_THAT(Report(), ElementsAre("a lost", "b lost"));
}

TEST_F(WorkerLedgerTest, IsBounded) {
  for (std::size_t index = 0; index < WorkerLedger::kMost + 10; ++index) {
    ledger_.Hear(Heartbeat("w" + std::to_string(index)), now_);
  }
  EXPECT_EQ(Report().size(), WorkerLedger::kMost);
  EXPECT_TRUE(ledger_.truncated());
}

TEST_F(WorkerLedgerTest, PrefersTheLivingToThoseThatHaveBeenSilentForLong) {
  std::vector<std::string> pods;
  for (std::size_t index = 0; index < WorkerLedger::kMost; ++index) {
    pods.push_back("pod-" + std::to_string(index));
    ledger_.Hear(Heartbeat(pods.back()), now_);
  }
  ledger_.NoteBound(pods, true, now_);
  now_ += WorkerLedger::kRetention;
  ledger_.Hear(Heartbeat("a"), now_);
  EXPECT_EQ(Report().size(), WorkerLedger::kMost) << "all are lost within the hour";
  now_ += std::chrono::seconds(1);
  ledger_.Hear(Heartbeat("a"), now_);
  ledger_.NoteBound(pods, true, now_);
  EXPECT_THAT(Report(), ElementsAre("a live"));
  EXPECT_TRUE(ledger_.truncated());
}

TEST_F(WorkerLedgerTest, PrefersTheLivingToControlQueuesThatWereLeftBehind) {
  std::vector<std::string> left_behind;
  for (std::size_t index = 0; index < WorkerLedger::kMost; ++index) {
    left_behind.push_back("pod-" + std::to_string(index));
  }
  ledger_.NoteBound(left_behind, false, now_);
  ledger_.Hear(Heartbeat("a"), now_);
  ledger_.Hear(Heartbeat("a"), now_);
  EXPECT_THAT(Report(), ElementsAre("a live"));
  EXPECT_TRUE(ledger_.truncated());
}

}  // namespace
}  // namespace airflow_host
