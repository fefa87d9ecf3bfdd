// The verdict's conditions, the hours of other days, drops in place, and when memory ends.
#include "exporter/insight/trend_evidence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "exporter/insight/hourly_lows.h"
#include "exporter/insight/trend_report.h"
#include "exporter/insight/trend_series.h"

namespace airflow_host {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kMegabyte = 1024.0 * 1024;

SteadyTime At(std::chrono::nanoseconds time) { return SteadyTime{} + time; }

/// The evidence of 120 buckets of 30 s with a little noise.
template <typename Shape>
TrendEvidence Of(Shape shape) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0, 0.2 * kMegabyte);
  std::vector<TrendPoint> points;
  for (int i = 0; i < 120; ++i) {
    points.push_back({30.0 * i, 400 * kMegabyte + kMegabyte * shape(i / 120.0) + noise(random)});
  }
  TrendScratch scratch;
  return FitEvidence(points, At(hours(1)), scratch).value();
}

TEST(Grows, IsSaidOfALeakAndOfNothingElse) {
  EXPECT_TRUE(Grows(Of([](double x) { return 20 * x; })));
  EXPECT_FALSE(Grows(Of([](double) { return 0.0; })));
  EXPECT_FALSE(Grows(Of([](double x) { return -20 * x; })));
  EXPECT_FALSE(Grows(Of([](double x) { return 3 * x; }))) << "less than 4 MiB";
  EXPECT_FALSE(Grows(Of([](double x) { return x > 0.5 ? 100.0 : 0.0; }))) << "a step";
  EXPECT_FALSE(Grows(Of([](double x) { return -100 * std::exp(-3 * x); }))) << "a warm-up";
  EXPECT_FALSE(Grows(Of([](double x) { return x > 0.7 ? 100 * (x - 0.7) : 0; }))) << "late";
}

TEST(Grows, AddsUpOverProcesses) {
  const TrendEvidence one = Of([](double x) { return 20 * x; });
  TrendEvidence sum = one;
  sum += Of([](double x) { return -20 * x; });
  EXPECT_FALSE(Grows(sum));
  TrendEvidence twice = one;
  twice += one;
  EXPECT_TRUE(Grows(twice));
  EXPECT_NEAR(twice.Slope().slope, 2 * one.slope, 1e-6);
  EXPECT_NEAR(twice.Slope().slope - twice.Slope().lower,
              std::sqrt(2) * (one.slope - one.Slope().lower), 1e-6);
}

TEST(Grows, IsNotSaidOfWhatTheSameHourHadOnOtherDays) {
  TrendEvidence evidence = Of([](double x) { return 20 * x; });
  CompareWithOtherDays(evidence, 420 * kMegabyte);
  EXPECT_FALSE(Grows(evidence));
  CompareWithOtherDays(evidence, 405 * kMegabyte);
  EXPECT_TRUE(Grows(evidence));
  CompareWithOtherDays(evidence, std::nullopt);
  EXPECT_TRUE(Grows(evidence));
}

TEST(FitEvidence, KnowsWhatStandsStill) {
  std::vector<TrendPoint> points(30, TrendPoint{0, 5e8});
  for (std::size_t i = 0; i < points.size(); ++i) points[i].seconds = 30.0 * static_cast<double>(i);
  TrendScratch scratch;
  const auto evidence = FitEvidence(points, At(hours(1)), scratch);
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->level, 5e8);
  EXPECT_EQ(evidence->Slope().upper, 0);
  EXPECT_FALSE(Grows(*evidence));
}

TEST(HourlyLows, RemembersTheSameHourOfAWeek) {
  HourlyLows lows;
  const auto value = [](std::chrono::minutes at) {
    return 100.0 + static_cast<double>((at.count() / 60) % 24);  // By the hour of the day.
  };
  for (minutes at{0}; at <= hours(24 * 9 + 5); at += minutes(5)) {
    lows.Add(At(at), value(at) + (at.count() % 60 == 30 ? 1000 : 0));
    if (at < hours(23)) {
      EXPECT_FALSE(lows.SameHourOnOtherDays());
    }
  }
  ASSERT_TRUE(lows.SameHourOnOtherDays());
  EXPECT_EQ(*lows.SameHourOnOtherDays(), 106);  // Hour 5, and one on either side.
  HourlyLows again;
  ASSERT_TRUE(again.Restore(lows.Save(), At(hours(24 * 9 + 6))));
  EXPECT_EQ(again.SameHourOnOtherDays(), lows.SameHourOnOtherDays());
  EXPECT_FALSE(again.Restore(lows.Save(), At(hours(1)))) << "it lies in the future";
}

TEST(TrendSeries, BeginsASegmentWhereMuchWasGivenBack) {
  TrendScratch scratch;
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(15)));
  const auto feed = [&](seconds from, seconds to, auto value) {
    for (seconds at = from; at < to; at += seconds(15)) {
      if (series.Add(At(at), value(static_cast<double>(at.count())))) series.Fit(scratch);
    }
  };
  feed(seconds(0), minutes(60), [](double t) { return 4e8 + 2e4 * t; });
  EXPECT_GT(series.ClosedBuckets(), 100U);
  feed(minutes(60), minutes(61), [](double) { return 1e8; });  // One low bucket is no drop.
  feed(minutes(61), minutes(62), [](double t) { return 4e8 + 2e4 * t; });
  EXPECT_GT(series.ClosedBuckets(), 100U);
  feed(minutes(62), minutes(64), [](double) { return 1e8; });
  EXPECT_LT(series.ClosedBuckets(), 5U);
  EXPECT_FALSE(series.evidence());
}

TEST(TrendSeries, RestoresOnlyWhatFits) {
  TrendSeries series(TrendSeries::ShapeOf(hours(1), seconds(15)));
  for (seconds at{0}; at < hours(2); at += seconds(15)) series.Add(At(at), 5);
  const TrendSeriesState saved = series.Save();
  EXPECT_EQ(saved.minima.size(), 120U);
  TrendSeries same(TrendSeries::ShapeOf(hours(1), seconds(15)));
  EXPECT_TRUE(same.Restore(saved, At(hours(2))));
  EXPECT_EQ(same.ClosedBuckets(), series.ClosedBuckets());
  EXPECT_FALSE(same.Restore(saved, At(hours(1)))) << "it lies in the future";
  TrendSeries other(TrendSeries::ShapeOf(hours(6), seconds(15)));
  EXPECT_FALSE(other.Restore(saved, At(hours(2)))) << "of another window";
  TrendSeriesState wrong = saved;
  wrong.minima.front() = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(same.Restore(wrong, At(hours(2))));
  wrong = saved;
  wrong.current = 3;
  EXPECT_FALSE(same.Restore(wrong, At(hours(2)))) << "more buckets than time";
  EXPECT_TRUE(other.empty());
}

TEST(ExhaustionOf, NamesNoTimeForWhatDoesNotGrow) {
  TrendEvidence evidence;
  EXPECT_FALSE(ExhaustionOf(evidence, 100, {}));
  evidence.slope = 10;
  evidence.below_squared = 20.0 * 20;  // The lower bound is below 0.
  const auto end = ExhaustionOf(evidence, 100, {});
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->latest);
  EXPECT_EQ(SecondsSinceEpoch(end->expected), 10);
  const auto full = ExhaustionOf(evidence, -5, {});
  ASSERT_TRUE(full);
  EXPECT_EQ(SecondsSinceEpoch(full->expected), 0);  // Now.
}

}  // namespace
}  // namespace airflow_host
