#include "collectors/host/stall_meter.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kCadence{1000};

TEST(StallMeter, CountsNothingWhileTheTimerIsOnTime) {
  ManualClock clock;
  StallMeter meter(kCadence);
  for (const int gap : {0, 1000, 1030, 970, 1499, 1500, 40}) {
    clock.Advance(milliseconds(gap));
    meter.Tick(clock.SteadyNow());
  }
  EXPECT_EQ(meter.total(), Seconds(0));
}

TEST(StallMeter, CountsLatenessInFullOnceItIsBeyondTheTolerance) {
  ManualClock clock;
  StallMeter meter(kCadence);
  meter.Tick(clock.SteadyNow());
  clock.Advance(milliseconds(1501));
  meter.Tick(clock.SteadyNow());
  EXPECT_DOUBLE_EQ(meter.total().count(), 0.501);
  clock.Advance(milliseconds(3000));
  meter.Tick(clock.SteadyNow());
  EXPECT_DOUBLE_EQ(meter.total().count(), 2.501);
}

TEST(StallMeter, ShowsFourToFiveOfAFreezeOfFiveSeconds) {
  // Frozen at any point between two ticks of a timer that keeps to its grid.
  for (int phase = 1; phase < 1000; phase += 37) {
    ManualClock clock;
    StallMeter meter(kCadence);
    meter.Tick(clock.SteadyNow());
    clock.Advance(milliseconds(phase + 5000));
    meter.Tick(clock.SteadyNow());
    clock.Advance(milliseconds(1000 - phase));
    meter.Tick(clock.SteadyNow());
    EXPECT_GE(meter.total(), Seconds(4)) << phase;
    EXPECT_LE(meter.total(), Seconds(5)) << phase;
  }
}

}  // namespace
}  // namespace airflow_host
