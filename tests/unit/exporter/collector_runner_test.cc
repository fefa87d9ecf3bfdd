#include "exporter/collector_runner.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/support/fake_collector.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CollectorRunnerTest : public ::testing::Test {
 protected:
  CollectorRunnerTest() { board_.Add(FakeRow(), seconds(1), true, ""); }

  CollectorRunner Make(FakeCollector::Observer observe) {
    return {FakeRow(),
            std::make_unique<FakeCollector>(std::move(observe), [this] { ++interrupts_; }),
            seconds(1),
            [](std::shared_ptr<const Observation> observation, SteadyTime) { return observation; },
            board_,
            clock_,
            log_};
  }
  CollectorStatus Status() const { return board_.Read().front().status; }

  ManualClock clock_;
  Board board_{clock_};
  Log log_{LogLevel::kError, LogFormat::kLogfmt, clock_};
  int interrupts_ = 0;
};

TEST_F(CollectorRunnerTest, PublishesAndNotesSuccess) {
  auto runner = Make([this](Deadline deadline) {
    EXPECT_EQ(deadline.at, clock_.SteadyNow() + milliseconds(500));
    clock_.Advance(milliseconds(20));
    return std::make_shared<const NumberObservation>(7);
  });
  runner.Attempt();
  EXPECT_EQ(board_.Latest<NumberObservation>("fake")->number, 7);
  EXPECT_EQ(Status().Up(), true);
  EXPECT_EQ(Status().last_duration, milliseconds(20));
  EXPECT_EQ(Status().last_success, clock_.SystemNow());
  EXPECT_FALSE(runner.failing());
}

TEST_F(CollectorRunnerTest, KeepsTheLastSuccessWhenAnAttemptFails) {
  bool fail = false;
  auto runner = Make([&](Deadline) -> Expected<std::shared_ptr<const Observation>> {
    if (fail) return Fail(ErrorKind::kFailed, "cannot reach it");
    return std::make_shared<const NumberObservation>(1);
  });
  runner.Attempt();
  const auto success = Status().last_success;
  clock_.Advance(seconds(1));
  fail = true;
  runner.Attempt();
  EXPECT_EQ(Status().Up(), false);
  EXPECT_EQ(Status().message, "cannot reach it");
  EXPECT_EQ(Status().last_success, success);
  EXPECT_TRUE(runner.failing());
}

TEST_F(CollectorRunnerTest, TellsConnectionFailuresWhileTheSourceIsDown) {
  auto collector = std::make_unique<FakeCollector>(
      [](Deadline) { return Fail(ErrorKind::kFailed, "cannot reach it"); });
  FakeCollector& fake = *collector;
  CollectorRunner runner(
      FakeRow(), std::move(collector), seconds(1),
      [](std::shared_ptr<const Observation> observation, SteadyTime) { return observation; },
      board_, clock_, log_);
  EXPECT_EQ(Status().connection_failures, std::nullopt);
  for (const std::uint64_t failures : {1U, 2U}) {
    fake.connection_failures = failures;
    runner.Attempt();
    EXPECT_EQ(Status().connection_failures, failures);
  }
}

TEST_F(CollectorRunnerTest, AnAbsentSourceIsNoFailureAndMayComeLater) {
  bool absent = true;
  auto runner = Make([&](Deadline) -> Expected<std::shared_ptr<const Observation>> {
    if (absent) return Fail(ErrorKind::kAbsent, "no such thing here");
    return std::make_shared<const NumberObservation>(1);
  });
  runner.Attempt();
  EXPECT_EQ(Status().Up(), std::nullopt);
  EXPECT_EQ(Status().message, "no such thing here");
  EXPECT_TRUE(board_.Ready());
  absent = false;
  runner.Attempt();
  EXPECT_EQ(Status().Up(), true);
}

TEST_F(CollectorRunnerTest, CallsALateAttemptStuckAndBreaksItOffOnlyAfterAMinute) {
  CollectorRunner* self = nullptr;
  auto runner = Make([&](Deadline) -> Expected<std::shared_ptr<const Observation>> {
    clock_.Advance(milliseconds(900));
    self->Watch();
    EXPECT_FALSE(Status().stuck);
    clock_.Advance(milliseconds(200));
    self->Watch();
    EXPECT_TRUE(Status().stuck);
    EXPECT_EQ(Status().Up(), false);
    clock_.Advance(seconds(58));
    self->Watch();
    EXPECT_EQ(interrupts_, 0);
    clock_.Advance(seconds(1));
    self->Watch();
    self->Watch();
    EXPECT_EQ(interrupts_, 1);
    return Fail(ErrorKind::kTimedOut, "broken off");
  });
  self = &runner;
  runner.Attempt();
  EXPECT_FALSE(Status().stuck);
  EXPECT_EQ(Status().Up(), false);
  EXPECT_EQ(Status().message, "broken off");
}

TEST_F(CollectorRunnerTest, ALateAnswerIsStillAnAnswer) {
  CollectorRunner* self = nullptr;
  auto runner = Make([&](Deadline) -> Expected<std::shared_ptr<const Observation>> {
    clock_.Advance(seconds(30));
    self->Watch();
    return std::make_shared<const NumberObservation>(3);
  });
  self = &runner;
  runner.Attempt();
  EXPECT_EQ(Status().Up(), true);
  EXPECT_EQ(Status().message, "");
  EXPECT_EQ(board_.Latest<NumberObservation>("fake")->number, 3);
}

TEST_F(CollectorRunnerTest, WatchDoesNothingBetweenAttempts) {
  auto runner = Make([](Deadline) { return std::make_shared<const NumberObservation>(1); });
  runner.Attempt();
  clock_.Advance(seconds(500));
  runner.Watch();
  EXPECT_FALSE(Status().stuck);
  EXPECT_EQ(interrupts_, 0);
}

}  // namespace
}  // namespace airflow_host
