// The buckets: minima, gaps, bounds, forgetting.
#include "exporter/insight/trend_series.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace airflow_host {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

SteadyTime At(std::chrono::nanoseconds time) { return SteadyTime{} + time; }

TEST(ShapeOf, CutsTheWindowIntoBuckets) {
  const auto hour = TrendSeries::ShapeOf(hours(1), seconds(5));
  EXPECT_EQ(hour.width, seconds(30));
  EXPECT_EQ(hour.buckets, 120U);
  EXPECT_EQ(TrendSeries::ShapeOf(hours(6), seconds(5)).width, seconds(180));
  // Never narrower than the cadence, never fewer than can be fitted.
  const auto short_window = TrendSeries::ShapeOf(seconds(90), seconds(1));
  EXPECT_EQ(short_window.width, seconds(1));
  EXPECT_EQ(short_window.buckets, 90U);
  const auto too_short = TrendSeries::ShapeOf(minutes(1), seconds(5));
  EXPECT_EQ(too_short.width, seconds(5));
  EXPECT_EQ(too_short.buckets, TrendSeries::kFewestBuckets);
  EXPECT_EQ(TrendSeries::ShapeOf(seconds(0), seconds(0)).buckets, TrendSeries::kFewestBuckets);
}

/// Feeds one value per second for `length`.
template <typename Value>
void Feed(TrendSeries& series, seconds from, seconds length, Value value) {
  for (seconds time = from; time < from + length; time += seconds(1)) {
    series.Add(At(time), value(static_cast<double>(time.count())));
  }
}

TEST(TrendSeries, ClosesABucketWhenTheNextBegins) {
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  EXPECT_FALSE(series.Add(At(seconds(3600)), 5));
  EXPECT_FALSE(series.Add(At(seconds(3629)), 3));
  EXPECT_EQ(series.ClosedBuckets(), 0U);
  EXPECT_TRUE(series.Add(At(seconds(3630)), 9));
  EXPECT_EQ(series.ClosedBuckets(), 1U);
  EXPECT_EQ(series.Covered(), seconds(30));
}

TEST(TrendSeries, PublishesNothingBeforeTwentyFourBuckets) {
  TrendScratch scratch;
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  Feed(series, seconds(0), seconds(24 * 30), [](double t) { return t; });
  EXPECT_EQ(series.ClosedBuckets(), 23U);
  series.Fit(scratch);
  EXPECT_FALSE(series.evidence());
  Feed(series, seconds(24 * 30), seconds(1), [](double t) { return t; });
  series.Fit(scratch);
  ASSERT_TRUE(series.evidence());
  EXPECT_NEAR(series.evidence()->slope, 1, 0.01);
}

TEST(TrendSeries, KeepsTheMinimumSoThatPeaksLeaveNoTrace) {
  TrendScratch scratch;
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  Feed(series, seconds(0), seconds(3700),
       [](double t) { return 1e8 + 10 * t + (std::fmod(t, 30) < 20 ? 5e8 : 0); });
  series.Fit(scratch);
  ASSERT_TRUE(series.evidence());
  EXPECT_NEAR(series.evidence()->slope, 10, 0.1);
}

TEST(TrendSeries, ForgetsWhatHasLeftTheWindow) {
  TrendScratch scratch;
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  Feed(series, seconds(0), seconds(3600), [](double t) { return 100 * t; });
  Feed(series, seconds(3600), seconds(3700), [](double) { return 360'000.0; });
  series.Fit(scratch);
  ASSERT_TRUE(series.evidence());
  EXPECT_EQ(series.ClosedBuckets(), 120U);
  EXPECT_EQ(series.Covered(), hours(1));
  EXPECT_NEAR(series.evidence()->slope, 0, 1e-6);
}

TEST(TrendSeries, BridgesGaps) {
  TrendScratch scratch;
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  Feed(series, seconds(0), seconds(900), [](double t) { return 7 * t; });
  Feed(series, seconds(1800), seconds(900), [](double t) { return 7 * t; });
  EXPECT_EQ(series.ClosedBuckets(), 59U);
  EXPECT_EQ(series.Covered(), seconds(2670));
  series.Fit(scratch);
  ASSERT_TRUE(series.evidence());
  EXPECT_NEAR(series.evidence()->slope, 7, 0.01);
}

TEST(TrendSeries, HoldsNothingAfterAGapLongerThanTheWindow) {
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  Feed(series, seconds(0), seconds(1200), [](double t) { return t; });
  EXPECT_TRUE(series.Add(At(hours(100)), 5));
  EXPECT_EQ(series.ClosedBuckets(), 0U);
  EXPECT_EQ(series.Covered(), seconds(0));
}

TEST(TrendSeries, StartsAnewWhenCleared) {
  TrendScratch scratch;
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  Feed(series, seconds(0), seconds(3600), [](double t) { return t; });
  series.Fit(scratch);
  EXPECT_TRUE(series.evidence());
  series.Clear();
  EXPECT_FALSE(series.evidence());
  EXPECT_EQ(series.ClosedBuckets(), 0U);
  EXPECT_FALSE(series.Add(At(seconds(3601)), 1));
}

TEST(TrendSeries, TakesATimeThatGoesBackForTheLastBuckets) {
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  series.Add(At(seconds(100)), 5);
  EXPECT_FALSE(series.Add(At(seconds(-50)), 3));
  EXPECT_TRUE(series.Add(At(seconds(130)), 9));
  EXPECT_EQ(series.ClosedBuckets(), 1U);
}

TEST(TrendSeries, RefusesWhatIsNoNumber) {
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(5)));
  for (const double wrong : {std::nan(""), std::numeric_limits<double>::infinity(), 1e300}) {
    EXPECT_FALSE(series.Add(At(seconds(100)), wrong));
  }
  EXPECT_FALSE(series.Add(At(seconds(500)), 1));  // Still the first.
}

TEST(TrendSeries, IsSmall) { EXPECT_LE(sizeof(TrendSeries), 720U); }

}  // namespace
}  // namespace airflow_host
