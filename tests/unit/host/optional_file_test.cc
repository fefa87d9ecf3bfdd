#include "collectors/host/optional_file.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

TEST(OptionalFile, GivesTheContentAndItsChanges) {
  TemporaryTree tree;
  ManualClock clock;
  tree.Write("/file", "one");
  OptionalFile file(tree.root() + "/file");
  EXPECT_EQ(file.Read(clock.SteadyNow()), "one");
  tree.Write("/file", "two");
  EXPECT_EQ(file.Read(clock.SteadyNow()), "two");
}

TEST(OptionalFile, LeavesAMissingFileAloneForLongerAndLonger) {
  TemporaryTree tree;
  ManualClock clock;
  OptionalFile file(tree.root() + "/file");
  // A minute of failures, one a second: the waits add up to 1, 3, 7, 15, 31 and 63 seconds.
  for (int second = 0; second < 63; ++second) {
    EXPECT_EQ(file.Read(clock.SteadyNow()), std::nullopt);
    clock.Advance(seconds(1));
  }
  EXPECT_EQ(file.Read(clock.SteadyNow()), std::nullopt);
  tree.Write("/file", "here");
  clock.Advance(OptionalFile::kLongestWait - seconds(1));
  EXPECT_EQ(file.Read(clock.SteadyNow()), std::nullopt);
  clock.Advance(seconds(1));
  EXPECT_EQ(file.Read(clock.SteadyNow()), "here");
}

TEST(OptionalFile, TriesAgainAfterASecondWhenTheFileFailedOnce) {
  TemporaryTree tree;
  ManualClock clock;
  OptionalFile file(tree.root() + "/file");
  EXPECT_EQ(file.Read(clock.SteadyNow()), std::nullopt);
  tree.Write("/file", "here");
  EXPECT_EQ(file.Read(clock.SteadyNow()), std::nullopt);
  clock.Advance(OptionalFile::kShortestWait);
  EXPECT_EQ(file.Read(clock.SteadyNow()), "here");
}

}  // namespace
}  // namespace airflow_host
