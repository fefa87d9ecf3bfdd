// How fast something grows: a slope that a few outliers cannot bend, with honest bounds.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace airflow_host {

/// One point of a series.
struct TrendPoint {
  double seconds = 0;  ///< Time, from any fixed origin.
  double value = 0;    ///< In the series's unit (bytes).
};

/// A slope and its 95 % confidence bounds, in the unit per second. Always finite, and
/// lower <= slope <= upper.
struct SlopeEstimate {
  double slope = 0;
  double lower = 0;
  double upper = 0;
};

/// Room for the intermediate results of fits, shared by all series of one thread: it grows to
/// n(n-1)/2 floats for n points (28 kB for 120) and is then used again.
struct TrendScratch {
  std::vector<float> slopes;
  std::vector<double> residuals;
  std::vector<double> sorted;
  std::vector<double> ranks;
};

/// Fits a line to `points` (ascending times, no two alike): the slope is the median of all slopes
/// between two points (Theil 1950, Sen 1968), so up to 29 % of outliers do not move it. The bounds
/// are the slopes whose ranks lie 1.96 standard deviations of Kendall's S off the middle, the
/// variance of S being that for ties, and stretched for autocorrelation after Hamed and Rao
/// (J. Hydrol. 204:182, 1998). Nothing for fewer than 3 points, or where a number is not finite.
/// Pure in its result; `scratch` is used by one thread at a time.
std::optional<SlopeEstimate> FitTheilSen(std::span<const TrendPoint> points, TrendScratch& scratch);

/// The same with a scratch of its own.
std::optional<SlopeEstimate> FitTheilSen(std::span<const TrendPoint> points);

/// The median of all slopes between two of `points`; 0 for fewer than two. The points are finite.
double MedianSlope(std::span<const TrendPoint> points, TrendScratch& scratch);

/// Kendall's S and its variance, that for ties.
struct KendallScore {
  double score = 0;
  double variance = 0;
};

/// How far the values of `points` rise rather than fall, pair by pair. The points are finite.
KendallScore KendallOf(std::span<const TrendPoint> points, TrendScratch& scratch);

/// How points lie about a line of a given slope through their median.
struct ResidualSummary {
  double level = 0;      ///< Of the line at the last point.
  double deviation = 0;  ///< Median absolute deviation from it.
};

/// Puts the line of `slope` through `points`, which are finite and at least one.
ResidualSummary SummariseResiduals(std::span<const TrendPoint> points, double slope,
                                   TrendScratch& scratch);

}  // namespace airflow_host
