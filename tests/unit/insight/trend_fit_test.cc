// The fit: known slopes come back, outliers do not bend them, the bounds hold what they promise.
#include "exporter/insight/trend_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace airflow_host {
namespace {

constexpr double kMegabyte = 1024.0 * 1024;

/// 120 points, one every 30 s.
template <typename Value>
std::vector<TrendPoint> Points(Value value, int count = 120) {
  std::vector<TrendPoint> points;
  for (int i = 0; i < count; ++i) points.push_back({30.0 * i, value(i)});
  return points;
}

TEST(FitTheilSen, GivesTheSlopeOfALine) {
  const auto fit = FitTheilSen(Points([](int i) { return 1e9 + 5.0 * 30 * i; }));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->slope, 5, 1e-4);
  EXPECT_NEAR(fit->lower, 5, 1e-4);
  EXPECT_NEAR(fit->upper, 5, 1e-4);
}

TEST(FitTheilSen, GivesNaughtForWhatStandsStill) {
  const auto fit = FitTheilSen(Points([](int) { return 4096.0; }));
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->slope, 0);
  EXPECT_EQ(fit->lower, 0);
  EXPECT_EQ(fit->upper, 0);
}

TEST(FitTheilSen, NeedsThreePointsAndFiniteNumbers) {
  EXPECT_FALSE(FitTheilSen({}));
  EXPECT_FALSE(FitTheilSen(Points([](int i) { return 1.0 * i; }, 2)));
  EXPECT_TRUE(FitTheilSen(Points([](int i) { return 1.0 * i; }, 3)));
  for (const double wrong : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_FALSE(FitTheilSen(Points([&](int i) { return i == 50 ? wrong : 1.0; })));
  }
  // All at one time: no slope.
  EXPECT_FALSE(FitTheilSen(std::vector<TrendPoint>(10, TrendPoint{5, 5})));
}

TEST(FitTheilSen, StaysFiniteForHugeNumbers) {
  const auto fit = FitTheilSen(Points([](int i) { return i % 2 == 0 ? -1e308 : 1e308; }));
  if (fit) {
    EXPECT_TRUE(std::isfinite(fit->slope) && std::isfinite(fit->lower) &&
                std::isfinite(fit->upper));
  }
}

TEST(FitTheilSen, AgreesWithAnExampleWorkedByHand) {
  // Slopes of the ten pairs: -1 0.5 0.667 1 1 1.25 1.333 1.5 2 3; the median is (1 + 1.25) / 2.
  // S = 8, Var(S) = 5*4*15/18 = 16.67, C = 8.0: 0-based ranks floor(1)-1 = 0 and ceil(9) = 9.
  const std::vector<TrendPoint> points = {{0, 1}, {1, 2}, {2, 4}, {3, 3}, {4, 6}};
  const auto fit = FitTheilSen(points);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->slope, 1.125, 1e-6);
  EXPECT_NEAR(fit->lower, -1, 1e-6);
  EXPECT_NEAR(fit->upper, 3, 1e-6);
}

TEST(FitTheilSen, IsNotBentByAFifthOfSpikes) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 0.5 * kMegabyte);
  const double slope = 20 * kMegabyte / 3600;
  const auto fit = FitTheilSen(Points([&](int i) {
    const double spike = i % 5 == 3 ? 500 * kMegabyte : 0;
    return 200 * kMegabyte + slope * 30 * i + noise(random) + spike;
  }));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->slope, slope, 0.1 * slope);
  EXPECT_GT(fit->lower, 0);
}

TEST(FitTheilSen, CoversTheTrueSlopeAboutNineteenTimesInTwenty) {
  std::mt19937 random(11);
  std::normal_distribution<double> noise(0, kMegabyte);
  int covered = 0;
  for (int run = 0; run < 200; ++run) {
    const auto fit = FitTheilSen(Points([&](int i) { return 100.0 * 30 * i + noise(random); }, 60));
    ASSERT_TRUE(fit);
    EXPECT_LE(fit->lower, fit->slope);
    EXPECT_LE(fit->slope, fit->upper);
    if (fit->lower <= 100 && 100 <= fit->upper) ++covered;
  }
  // Binomial with p = 0.95: 200 runs give 190 +- 3; the correction may widen but not narrow.
  EXPECT_GE(covered, 180);
}

TEST(FitTheilSen, WidensTheBoundsOfCorrelatedNoise) {
  // The same spread, once white and once wandering (AR(1), 0.9): the second must be wider, and hold
  // the true slope of naught more often than an uncorrected interval would.
  std::mt19937 random(13);
  std::normal_distribution<double> noise(0, 1);
  int false_alarms = 0;
  double white_width = 0;
  double wandering_width = 0;
  for (int run = 0; run < 100; ++run) {
    double level = 0;
    const auto white = FitTheilSen(Points([&](int) { return noise(random); }));
    const auto wandering = FitTheilSen(Points([&](int) {
      level = 0.9 * level + std::sqrt(1 - 0.81) * noise(random);
      return level;
    }));
    ASSERT_TRUE(white && wandering);
    white_width += white->upper - white->lower;
    wandering_width += wandering->upper - wandering->lower;
    if (wandering->lower > 0 || wandering->upper < 0) ++false_alarms;
  }
  EXPECT_GT(wandering_width, 1.5 * white_width);
  EXPECT_LT(false_alarms, 40);
}

TEST(FitTheilSen, GivesTheSameWithAUsedScratch) {
  TrendScratch scratch;
  const auto rising = Points([](int i) { return 3.0 * i; }, 50);
  const auto falling = Points([](int i) { return -i * i * 1.0; }, 120);
  const auto fresh = FitTheilSen(rising);
  FitTheilSen(falling, scratch);
  const auto used = FitTheilSen(rising, scratch);
  ASSERT_TRUE(fresh && used);
  EXPECT_EQ(fresh->slope, used->slope);
  EXPECT_EQ(fresh->lower, used->lower);
  EXPECT_EQ(fresh->upper, used->upper);
}

}  // namespace
}  // namespace airflow_host
