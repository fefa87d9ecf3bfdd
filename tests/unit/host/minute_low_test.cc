#include "collectors/host/minute_low.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(MinuteLow, IsEmptyBeforeTheFirstValue) {
  EXPECT_EQ(MinuteLow().Lowest(ManualClock().SteadyNow()), std::nullopt);
  EXPECT_EQ(MinuteLow().Lowest(SteadyTime{}), std::nullopt);
}

TEST(MinuteLow, RemembersADipForAMinute) {
  ManualClock clock;
  MinuteLow low;
  low.Add(clock.SteadyNow(), 10);
  for (int second = 1; second < 60; ++second) {
    clock.Advance(seconds(1));
    low.Add(clock.SteadyNow(), 500);
    EXPECT_EQ(low.Lowest(clock.SteadyNow()), 10U) << second;
  }
  clock.Advance(seconds(1));
  low.Add(clock.SteadyNow(), 400);
  EXPECT_EQ(low.Lowest(clock.SteadyNow()), 400U);
}

TEST(MinuteLow, KeepsTheLowestOfManyInOneSecond) {
  ManualClock clock;
  MinuteLow low;
  for (const std::uint64_t value : {7U, 3U, 9U}) {
    low.Add(clock.SteadyNow(), value);
    clock.Advance(milliseconds(100));
  }
  EXPECT_EQ(low.Lowest(clock.SteadyNow()), 3U);
}

TEST(MinuteLow, ForgetsAllAfterALongPause) {
  ManualClock clock;
  MinuteLow low;
  low.Add(clock.SteadyNow(), 3);
  clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(low.Lowest(clock.SteadyNow()), std::nullopt);
  low.Add(clock.SteadyNow(), 8);
  EXPECT_EQ(low.Lowest(clock.SteadyNow()), 8U);
}

}  // namespace
}  // namespace airflow_host
