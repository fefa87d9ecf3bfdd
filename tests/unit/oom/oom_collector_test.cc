#include "collectors/oom/oom_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <variant>

#include "collectors/oom/oom_history.h"
#include "collectors/oom/oom_observation.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What the kernel would give to the reads to come; a record, or one of the other readings.
using Script = std::deque<std::variant<std::string, LogReading, Error>>;

class ScriptedLog final : public KernelLog {
 public:
  explicit ScriptedLog(Script& script) : script_(script) {}

  Expected<LogReading> Next(std::string_view& record) override {
    if (script_.empty()) return LogReading::kEnd;
    const auto step = std::move(script_.front());
    script_.pop_front();
    if (const auto* const error = std::get_if<Error>(&step)) return tl::unexpected(*error);
    if (const auto* const reading = std::get_if<LogReading>(&step)) return *reading;
    record_ = std::get<std::string>(step);
    record = record_;
    return LogReading::kRecord;
  }

 private:
  Script& script_;
  std::string record_;
};

class OomCollectorTest : public ::testing::Test {
 protected:
  OomCollectorTest() {
    tree_.Write("/proc/sys/kernel/dmesg_restrict", "1\n");
    Make();
  }

  void Make() {
    collector_ =
        *MakeOomCollector({.kmsg = "/dev/kmsg", .procfs = tree_.root() + "/proc"}, clock_,
                          [this](const std::string&) -> Expected<std::unique_ptr<KernelLog>> {
                            ++opened_;
                            if (problem_) return tl::unexpected(*problem_);
                            return std::make_unique<ScriptedLog>(script_);
                          });
  }

  void Log(const std::string& text, int priority = 6) {
    const auto now = std::chrono::floor<microseconds>(clock_.SteadyNow().time_since_epoch());
    script_.emplace_back(std::to_string(priority) + "," + std::to_string(sequence_++) + "," +
                         std::to_string(now.count()) + ",-;" + text + "\n");
  }
  void LogKill(int pid, int priority = 3) {
    Log("Out of memory: Killed process " + std::to_string(pid) +
            " (a) total-vm:4kB, anon-rss:3kB, file-rss:2kB, shmem-rss:1kB, UID:0 pgtables:9kB "
            "oom_score_adj:0",
        priority);
  }

  std::shared_ptr<const OomObservation> Observe() {
    const auto seen = collector_->Observe(Deadline{clock_.SteadyNow() + seconds(1)});
    EXPECT_TRUE(seen);
    return std::dynamic_pointer_cast<const OomObservation>(*seen);
  }
  std::vector<int> Pids(bool before_start) {
    const auto seen = Observe();
    std::vector<int> pids;
    for (const OomKill& kill : *seen->kills) {
      if (kill.before_start == before_start) pids.push_back(kill.pid);
    }
    return pids;
  }

  TemporaryTree tree_;
  ManualClock clock_;
  Script script_;
  std::uint64_t sequence_ = 100;
  std::optional<Error> problem_;
  int opened_ = 0;
  std::unique_ptr<Collector> collector_;
};

TEST_F(OomCollectorTest, TellsWhatWasBeforeTheStartFromWhatIsNew) {
  LogKill(5);
  EXPECT_THAT(Pids(true), ElementsAre(5));
  clock_.Advance(seconds(1));
  LogKill(6);
  const auto seen = Observe();
  EXPECT_TRUE(seen->log_readable);
  EXPECT_EQ(seen->new_kills, 1U);
  EXPECT_EQ(seen->last_sequence, 101U);
  EXPECT_THAT(Pids(true), ElementsAre(5));
  EXPECT_THAT(Pids(false), ElementsAre(6));
}

TEST_F(OomCollectorTest, TellsWhatIsNewFromALongHistory) {
  LogKill(5);
  for (int line = 0; line < 20'000; ++line) Log("usb 1-1: new device");
  Observe();  // Does not reach the end.
  LogKill(6);
  clock_.Advance(seconds(1));
  LogKill(7);
  EXPECT_THAT(Pids(false), ElementsAre(7));
  EXPECT_THAT(Pids(true), ElementsAre(5, 6));
  clock_.Advance(seconds(1));
  LogKill(8);
  EXPECT_THAT(Pids(false), ElementsAre(7, 8));
}

TEST_F(OomCollectorTest, TakesForHistoryWhatWasThereWhateverTheLogsClockSays) {
  clock_.Advance(seconds(9));  // The log's clock runs ahead of ours.
  LogKill(5);
  clock_.Advance(-seconds(9));
  EXPECT_THAT(Pids(true), ElementsAre(5));
}

TEST_F(OomCollectorTest, KnowsWhenAKillHappened) {
  Observe();
  clock_.Advance(seconds(1));
  const SystemTime then = clock_.SystemNow();
  LogKill(5);
  clock_.Advance(std::chrono::milliseconds(700));
  EXPECT_EQ(Observe()->kills->front().at, then);
}

TEST_F(OomCollectorTest, PublishesTheSameListAsLongAsNothingChanges) {
  LogKill(5);
  const auto first = Observe();
  clock_.Advance(seconds(1));
  Log("usb 1-1: new device");
  EXPECT_EQ(Observe()->kills, first->kills);
}

TEST_F(OomCollectorTest, GoesOnAfterAnOverrunAndKnowsHowMuchWasLost) {
  Log("first");
  Observe();
  sequence_ += 50;
  script_.emplace_back(LogReading::kOverrun);
  LogKill(5);
  const auto seen = Observe();
  EXPECT_EQ(seen->records_lost, 50U);
  EXPECT_EQ(seen->new_kills, 1U);
}

TEST_F(OomCollectorTest, PassesOverWhatItCannotRead) {
  script_.emplace_back("no record at all");
  script_.emplace_back(LogReading::kSkipped);
  script_.emplace_back(std::string("\0\0", 2));
  LogKill(5);
  const auto seen = Observe();
  EXPECT_EQ(seen->kills->size(), 1U);
  EXPECT_EQ(seen->records_lost, 1U);
}

TEST_F(OomCollectorTest, HearsNoProgram) {
  Observe();
  LogKill(5, 8 + 3);
  Log("still here");
  EXPECT_EQ(Observe()->new_kills, 0U);
}

TEST_F(OomCollectorTest, KeepsTheLastHundredAndCountsAll) {
  Observe();
  for (int pid = 1; pid <= 130; ++pid) LogKill(pid);
  for (int round = 0; round < 3; ++round) Observe();
  const auto seen = Observe();
  EXPECT_EQ(seen->kills->size(), 100U);
  EXPECT_EQ(seen->kills->back().pid, 130);
  EXPECT_EQ(seen->new_kills, 130U);
}

TEST_F(OomCollectorTest, GivesNoMoreAtOnceThanWhoReadsEveryObservationCanKeep) {
  Observe();
  for (int pid = 1; pid <= 300; ++pid) LogKill(pid);
  std::uint64_t before = 0;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t now = Observe()->new_kills;
    EXPECT_LE(now - before, 100U);
    before = now;
  }
  EXPECT_EQ(before, 300U);
}

TEST_F(OomCollectorTest, SaysWhichRightIsMissingAndTriesAgain) {
  problem_ = Error{ErrorKind::kDenied, "cannot open /dev/kmsg: Operation not permitted"};
  Make();
  const auto denied = Observe();
  EXPECT_FALSE(denied->log_readable);
  EXPECT_THAT(denied->log_problem, HasSubstr("CAP_SYSLOG"));
  EXPECT_THAT(*denied->kills, IsEmpty());
  clock_.Advance(seconds(1));
  Observe();
  EXPECT_EQ(opened_, 1);
  problem_.reset();
  clock_.Advance(seconds(60));
  LogKill(5);
  const auto readable = Observe();
  EXPECT_TRUE(readable->log_readable);
  EXPECT_EQ(readable->log_problem, "");
  EXPECT_EQ(readable->new_kills, 0U);
}

TEST_F(OomCollectorTest, ReadsOnAfterALogThatBrokeOff) {
  LogKill(5);
  Observe();
  script_.emplace_back(Error{ErrorKind::kFailed, "cannot read /dev/kmsg: Input/output error"});
  EXPECT_FALSE(Observe()->log_readable);
  clock_.Advance(seconds(60));
  sequence_ = 100;
  LogKill(5);  // Opened again, it begins with what has been read.
  LogKill(6);
  const auto seen = Observe();
  EXPECT_TRUE(seen->log_readable);
  EXPECT_EQ(seen->new_kills, 1U);
  EXPECT_THAT(Pids(true), ElementsAre(5));
  EXPECT_THAT(Pids(false), ElementsAre(6));
}

TEST(LogTime, LiesBetweenTheLastReadingAndNow) {
  const SystemTime now = FromSecondsSinceEpoch(1'700'000'000);
  LogTime time{now, seconds(500), std::nullopt};
  EXPECT_EQ(time.WallTimeOf(seconds(490)), now - seconds(10));
  EXPECT_EQ(time.WallTimeOf(seconds(501)), now);
  time.not_before = now - seconds(1);
  EXPECT_EQ(time.WallTimeOf(seconds(490)), now - seconds(1));
  time.not_before = now + seconds(5);  // The clock was set back.
  EXPECT_EQ(time.WallTimeOf(seconds(490)), now);
}

TEST(KernelLogDevice, SaysWhatIsNoLog) {
  const auto log = OpenKernelLog("/dev/null");
  ASSERT_TRUE(log);
  std::string_view record;
  const auto reading = (*log)->Next(record);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().kind, ErrorKind::kAbsent);
  EXPECT_EQ(OpenKernelLog("/nonexistent/kmsg").error().kind, ErrorKind::kAbsent);
}

}  // namespace
}  // namespace airflow_host
