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

constexpr double kLargestSlope = 1e38;           // Just within a float.
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

/// The value that would have index `rank` were `values` sorted.
double AtRank(std::vector<float>& values, std::size_t rank) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

/// The median; for an even number the mean of the two in the middle.
double Median(std::vector<float>& values) {
  const std::size_t middle = values.size() / 2;
  const double upper = AtRank(values, middle);
  if (values.size() % 2 == 1) return upper;
  const auto end = values.begin() + static_cast<std::ptrdiff_t>(middle);
  return (upper + static_cast<double>(*std::max_element(values.begin(), end))) / 2;
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
  for (std::size_t lag = 1; lag + 2 < ranks.size(); ++lag) {
    const auto shifted = ranks.begin() + static_cast<std::ptrdiff_t>(lag);
    const double rho = std::inner_product(shifted, ranks.end(), ranks.begin(), 0.0) / power;
    const double left = n - static_cast<double>(lag);
    if (std::abs(rho) > significant) sum += left * (left - 1) * (left - 2) * rho;
  }
  return std::max(1.0, 1 + 2 / (n * (n - 1) * (n - 2)) * sum);
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

}  // namespace airflow_host
