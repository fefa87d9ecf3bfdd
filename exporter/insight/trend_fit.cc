// The Theil-Sen slope with Kendall's bounds. With n points, N = n(n-1)/2 pairs and ties of t
// values:
//   S      = sum over i<j of sgn(y_j - y_i)
//   Var(S) = [n(n-1)(2n+5) - sum over ties of t(t-1)(2t+5)] / 18
//   Var*   = Var(S) * [1 + 2/(n(n-1)(n-2)) * sum over k of (n-k)(n-k-1)(n-k-2) rho_k], >= Var(S)
//   C      = 1.96 * sqrt(Var*);  bounds: the slopes of rank (N-C)/2 and (N+C)/2 + 1
// where rho_k are the significant autocorrelations of the ranks of the detrended series.
#include "exporter/insight/trend_fit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace airflow_host {
namespace {

constexpr double kLargestSlope = 1e38;  // Just within a float.
constexpr double kLargestCorrelation = 0.99;
constexpr double kNormal95 = 1.959963984540054;  // The 97.5 % point of the normal distribution.

bool IsFinite(const TrendPoint& point) {
  return std::isfinite(point.seconds) && std::isfinite(point.value);
}

/// All slopes between two points. Floats: their 24 bits are far finer than any bound.
void FillSlopes(std::span<const TrendPoint> points, std::vector<float>& slopes) {
  slopes.clear();
  slopes.reserve(points.size() * (points.size() - 1) / 2);
  for (std::size_t j = 1; j < points.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      const double run = points[j].seconds - points[i].seconds;
      if (run <= 0) continue;
      const double slope = (points[j].value - points[i].value) / run;
      slopes.push_back(static_cast<float>(std::clamp(slope, -kLargestSlope, kLargestSlope)));
    }
  }
}

/// The median; for an even number the mean of the two in the middle. Leaves `values` parted there:
/// what comes before the middle is no larger, what comes after it is no smaller.
template <typename Number>
double Median(std::vector<Number>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const auto upper = static_cast<double>(*middle);
  if (values.size() % 2 == 1) return upper;
  return (upper + static_cast<double>(*std::max_element(values.begin(), middle))) / 2;
}

/// The value that would have index `rank` were `values` sorted. They are parted at the middle, so
/// that only the half in question is looked at.
double AtRank(std::vector<float>& parted, std::size_t rank) {
  const auto middle = parted.begin() + static_cast<std::ptrdiff_t>(parted.size() / 2);
  const auto at = parted.begin() + static_cast<std::ptrdiff_t>(rank);
  if (at < middle) std::nth_element(parted.begin(), at, middle);
  if (at > middle) std::nth_element(middle, at, parted.end());
  return static_cast<double>(*at);
}

/// Var(S) for values with ties; `sorted` is room.
double VarianceOfS(std::span<const TrendPoint> points, std::vector<double>& sorted) {
  sorted.clear();
  for (const TrendPoint& point : points) sorted.push_back(point.value);
  std::sort(sorted.begin(), sorted.end());
  const auto weight = [](double count) { return count * (count - 1) * (2 * count + 5); };
  double sum = weight(static_cast<double>(sorted.size()));
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::upper_bound(begin, sorted.end(), *begin);
    sum -= weight(static_cast<double>(end - begin));
    begin = end;
  }
  return sum / 18;
}

/// The ranks of `values`, ties sharing the mean of theirs, less the mean of all ranks.
void FillCentredRanks(const std::vector<double>& values, TrendScratch& scratch) {
  scratch.sorted = values;
  std::sort(scratch.sorted.begin(), scratch.sorted.end());
  const double mean = static_cast<double>(values.size() - 1) / 2;
  scratch.ranks.clear();
  for (const double value : values) {
    const auto [begin, end] = std::equal_range(scratch.sorted.begin(), scratch.sorted.end(), value);
    const auto first = static_cast<double>(begin - scratch.sorted.begin());
    const auto count = static_cast<double>(end - begin);
    scratch.ranks.push_back(first + (count - 1) / 2 - mean);
  }
}

/// Hamed's and Rao's weights of the lags, and what they are divided by.
double LagWeight(double n, double lag) { return (n - lag) * (n - lag - 1) * (n - lag - 2); }
double LagWeights(double n) { return n * (n - 1) * (n - 2); }

/// The factor that noise of the kind x' = rho x + e would need whose first autocorrelation were
/// `seen`, as seen in the residuals of a fitted line: those show it too small by about
/// (2 + 4 rho) / n.
double FirstOrderFactor(double n, double seen) {
  const double rho = std::min(seen + (2 + 4 * seen) / n, kLargestCorrelation);
  if (rho <= 0) return 1;
  double sum = 0;
  double power = 1;
  for (double lag = 1; lag < n - 2; ++lag) sum += LagWeight(n, lag) * (power *= rho);
  return 1 + 2 / LagWeights(n) * sum;
}

/// By how much autocorrelation stretches Var(S); at least 1.
double HamedRaoFactor(std::span<const TrendPoint> points, double slope, TrendScratch& scratch) {
  scratch.residuals.clear();
  for (const TrendPoint& point : points) {
    scratch.residuals.push_back(point.value - slope * (point.seconds - points.front().seconds));
  }
  FillCentredRanks(scratch.residuals, scratch);
  const std::vector<double>& ranks = scratch.ranks;
  const double power = std::inner_product(ranks.begin(), ranks.end(), ranks.begin(), 0.0);
  if (power <= 0) return 1;
  const auto n = static_cast<double>(ranks.size());
  const double significant = kNormal95 / std::sqrt(n);
  double sum = 0;
  double first = 0;
  for (std::size_t lag = 1; lag + 2 < ranks.size(); ++lag) {
    const auto shifted = ranks.begin() + static_cast<std::ptrdiff_t>(lag);
    const double rho = std::inner_product(shifted, ranks.end(), ranks.begin(), 0.0) / power;
    if (lag == 1) first = rho;
    if (std::abs(rho) > significant) sum += LagWeight(n, static_cast<double>(lag)) * rho;
  }
  const double seen = 1 + 2 / LagWeights(n) * sum;
  return std::max({1.0, seen, first > significant ? FirstOrderFactor(n, first) : 1.0});
}

}  // namespace

std::optional<SlopeEstimate> FitTheilSen(std::span<const TrendPoint> points,
                                         TrendScratch& scratch) {
  if (points.size() < 3 || !std::all_of(points.begin(), points.end(), IsFinite)) {
    return std::nullopt;
  }
  FillSlopes(points, scratch.slopes);
  if (scratch.slopes.size() < 3) return std::nullopt;
  SlopeEstimate estimate;
  estimate.slope = Median(scratch.slopes);
  const double variance =
      VarianceOfS(points, scratch.sorted) * HamedRaoFactor(points, estimate.slope, scratch);
  const auto pairs = static_cast<double>(scratch.slopes.size());
  const double spread = kNormal95 * std::sqrt(std::max(0.0, variance));
  // Ranks from 0, and outward to whole numbers: rather too wide than too narrow.
  const double lower = std::clamp(std::floor((pairs - spread) / 2) - 1, 0.0, pairs - 1);
  const double upper = std::clamp(std::ceil((pairs + spread) / 2), 0.0, pairs - 1);
  estimate.lower = AtRank(scratch.slopes, static_cast<std::size_t>(lower));
  estimate.upper = AtRank(scratch.slopes, static_cast<std::size_t>(upper));
  if (!std::isfinite(estimate.slope) || !std::isfinite(estimate.lower) ||
      !std::isfinite(estimate.upper)) {
    return std::nullopt;
  }
  // The mean of two middle slopes can lie a rounding error outside of bounds that equal it.
  estimate.lower = std::min(estimate.lower, estimate.slope);
  estimate.upper = std::max(estimate.upper, estimate.slope);
  return estimate;
}

std::optional<SlopeEstimate> FitTheilSen(std::span<const TrendPoint> points) {
  TrendScratch scratch;
  return FitTheilSen(points, scratch);
}

double MedianSlope(std::span<const TrendPoint> points, TrendScratch& scratch) {
  FillSlopes(points, scratch.slopes);
  return scratch.slopes.empty() ? 0 : Median(scratch.slopes);
}

KendallScore KendallOf(std::span<const TrendPoint> points, TrendScratch& scratch) {
  KendallScore result;
  for (std::size_t j = 1; j < points.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      result.score += (points[j].value > points[i].value ? 1.0 : 0.0) -
                      (points[j].value < points[i].value ? 1.0 : 0.0);
    }
  }
  result.variance = VarianceOfS(points, scratch.sorted);
  return result;
}

ResidualSummary SummariseResiduals(std::span<const TrendPoint> points, double slope,
                                   TrendScratch& scratch) {
  const double end = points.back().seconds;
  scratch.residuals.clear();
  for (const TrendPoint& point : points) {
    scratch.residuals.push_back(point.value + slope * (end - point.seconds));
  }
  ResidualSummary summary;
  summary.level = Median(scratch.residuals);
  for (double& residual : scratch.residuals) residual = std::abs(residual - summary.level);
  summary.deviation = Median(scratch.residuals);
  return summary;
}

}  // namespace airflow_host
