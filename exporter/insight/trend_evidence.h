// What one fit tells of the growth of a series, and the judgement whether that is growth at all.
//
// "Growing" is said where all of these hold of a window (what each keeps out):
//   1. the slope is above 0 by 1.75 times what the lower 95 % bound is below it, autocorrelation
//      allowed for (chance: a window is judged every 30 s, so one in forty would be many a day);
//   2. both halves agree: the slope of the first is above 1/4, that of the second above 1/2 of the
//      whole one and above 4/5 of that of the first, and Mann-Kendall's Z of the second is above
//      1.645 (a step, a warm-up, spikes that come late);
//   3. the growth over the window is above 3 median absolute deviations of the residuals (wander);
//   4. and above kLeastGrowth (what nobody needs to know);
//   5. at least half of it leads above the level of the same hour of the days before, where such a
//      day is known (a daily cycle, whose rise is a true trend for six hours and no leak).
// The first four are those of a Monte-Carlo study of 400 runs each; 1 is stricter (it was 1.0), 4/5
// in 2 and the whole of 5 are new, since tests/bench/trend showed 29 false alarms in 1,000 windows
// of 1h on flat noise, 83 on warm-ups and 300 on a daily cycle without them. What it measures with
// them stands in the README.
#pragma once

#include <optional>
#include <span>

#include "collectors/support/clock.h"
#include "exporter/insight/trend_fit.h"

namespace airflow_host {

/// What a fit tells, in the series's unit (bytes). Those of several series over windows of one
/// length add up to that of their sum, as long as their errors are independent. A plain value.
struct TrendEvidence {
  double slope = 0;          ///< Per second.
  double below_squared = 0;  ///< (slope - lower bound)^2.
  double above_squared = 0;  ///< (upper bound - slope)^2.
  double first_half = 0;     ///< Slope of the first half.
  double second_half = 0;    ///< Slope of the second half.
  double score = 0;          ///< Kendall's S of the second half.
  double score_variance = 0;
  double growth = 0;          ///< slope times the time that was fitted.
  double news = 0;            ///< The part of `growth` that is above the same hour of other days.
  double spread_squared = 0;  ///< (Median absolute deviation of the residuals)^2.
  double level = 0;           ///< Of the fitted line at `level_at`.
  SteadyTime level_at{};      ///< The middle of the last bucket.
  double step = 0;            ///< Seconds from bucket to bucket, gaps spread over all.

  /// Adds what is known of another series.
  TrendEvidence& operator+=(const TrendEvidence& other);

  /// The slope with its bounds.
  SlopeEstimate Slope() const;
};

/// No growth over a window that is smaller is called growth, in bytes.
inline constexpr double kLeastGrowth = 4.0 * 1024 * 1024;

/// Fits `points`, whose last one belongs to `last_at`. Nothing where FitTheilSen gives nothing.
/// `news` is `growth` until CompareWithOtherDays is called. Pure in its result.
std::optional<TrendEvidence> FitEvidence(std::span<const TrendPoint> points, SteadyTime last_at,
                                         TrendScratch& scratch);

/// Sets `news` of the evidence of one series: `other_days` is the highest level of the same hour of
/// the days before, or nothing where none is known.
void CompareWithOtherDays(TrendEvidence& evidence, std::optional<double> other_days);

/// Whether the evidence says that the quantity grows. Pure; any thread.
bool Grows(const TrendEvidence& evidence);

}  // namespace airflow_host
