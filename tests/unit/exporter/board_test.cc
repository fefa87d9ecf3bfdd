#include "exporter/board.h"

#include <gtest/gtest.h>

#include "tests/support/fake_collector.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class BoardTest : public ::testing::Test {
 protected:
  BoardTest() { board_.Add(FakeRow(), seconds(1), true, ""); }
  ManualClock clock_;
  Board board_{clock_};
};

TEST_F(BoardTest, GivesTheLatestObservation) {
  EXPECT_EQ(board_.Latest<NumberObservation>("fake"), nullptr);
  board_.Publish("fake", std::make_shared<NumberObservation>(1));
  board_.Publish("fake", std::make_shared<NumberObservation>(2));
  ASSERT_NE(board_.Latest<NumberObservation>("fake"), nullptr);
  EXPECT_EQ(board_.Latest<NumberObservation>("fake")->number, 2);
  EXPECT_EQ(board_.Latest<NumberObservation>("other"), nullptr);
}

TEST_F(BoardTest, DropsWhatIsOlderThanThreeCadencesAndALimit) {
  board_.Publish("fake", std::make_shared<NumberObservation>(1));
  clock_.Advance(milliseconds(3500));
  EXPECT_NE(board_.Read().front().observation, nullptr);
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(board_.Read().front().observation, nullptr);
  EXPECT_EQ(board_.Latest<NumberObservation>("fake"), nullptr);
}

TEST_F(BoardTest, IsReadyOnceEveryConfiguredCollectorHasFinishedOrHangs) {
  EXPECT_FALSE(board_.Ready());
  CollectorStatus failed;
  failed.succeeded = false;
  board_.SetStatus("fake", failed);
  EXPECT_TRUE(board_.Ready());
  CollectorStatus hanging;
  hanging.stuck = true;
  board_.SetStatus("fake", hanging);
  EXPECT_TRUE(board_.Ready());
}

TEST_F(BoardTest, DoesNotWaitForWhatIsNotConfigured) {
  Board board(clock_);
  board.Add(FakeRow(), seconds(1), false, "give a URL");
  EXPECT_TRUE(board.Ready());
  EXPECT_EQ(board.Read().front().status.Up(), std::nullopt);
  EXPECT_EQ(board.Read().front().status.message, "give a URL");
}

TEST_F(BoardTest, IgnoresNamesItDoesNotKnow) {
  board_.Publish("unknown", std::make_shared<NumberObservation>(1));
  board_.SetStatus("unknown", {});
  EXPECT_EQ(board_.Read().size(), 1U);
}

}  // namespace
}  // namespace airflow_host
