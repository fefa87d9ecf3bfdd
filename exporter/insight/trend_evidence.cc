// Gathers and weighs the evidence of growth.
#include "exporter/insight/trend_evidence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace airflow_host {
namespace {

/// In half-widths of the 95 % interval, so that 3.4 standard errors lie between the slope and 0.
constexpr double kCertainty = 1.75;
constexpr double kFirstHalfShare = 0.25;
constexpr double kSecondHalfShare = 0.5;
constexpr double kSteadyShare = 0.8;
constexpr double kSpreads = 3;
constexpr double kNormal95OneSided = 1.6448536269514722;
constexpr double kNewsShare = 0.5;

/// All alike, as slab may be for hours: nothing need be fitted.
bool StandsStill(std::span<const TrendPoint> points) {
  return points.size() > 2 &&
         std::all_of(points.begin(), points.end(), [&](const TrendPoint& point) {
           return point.value == points.front().value && std::isfinite(point.value);
         });
}

}  // namespace

TrendEvidence& TrendEvidence::operator+=(const TrendEvidence& other) {
  slope += other.slope;
  below_squared += other.below_squared;
  above_squared += other.above_squared;
  first_half += other.first_half;
  second_half += other.second_half;
  score += other.score;
  score_variance += other.score_variance;
  growth += other.growth;
  news += other.news;
  spread_squared += other.spread_squared;
  level += other.level;
  level_at = std::max(level_at, other.level_at);
  step = std::max(step, other.step);
  return *this;
}

SlopeEstimate TrendEvidence::Slope() const {
  return {slope, slope - std::sqrt(below_squared), slope + std::sqrt(above_squared)};
}

std::optional<TrendEvidence> FitEvidence(std::span<const TrendPoint> points, SteadyTime last_at,
                                         TrendScratch& scratch) {
  if (StandsStill(points)) {
    TrendEvidence still;
    still.level = points.back().value;
    still.level_at = last_at;
    return still;
  }
  const auto whole = FitTheilSen(points, scratch);
  if (!whole) return std::nullopt;
  TrendEvidence evidence;
  evidence.slope = whole->slope;
  evidence.below_squared = std::pow(whole->slope - whole->lower, 2);
  evidence.above_squared = std::pow(whole->upper - whole->slope, 2);
  evidence.growth = whole->slope * (points.back().seconds - points.front().seconds);
  evidence.news = evidence.growth;
  const ResidualSummary residuals = SummariseResiduals(points, whole->slope, scratch);
  evidence.spread_squared = residuals.deviation * residuals.deviation;
  evidence.level = residuals.level;
  evidence.level_at = last_at;
  evidence.step =
      (points.back().seconds - points.front().seconds) / static_cast<double>(points.size() - 1);
  const std::size_t half = points.size() / 2;
  evidence.first_half = MedianSlope(points.first(half), scratch);
  evidence.second_half = MedianSlope(points.subspan(half), scratch);
  const KendallScore score = KendallOf(points.subspan(half), scratch);
  evidence.score = score.score;
  evidence.score_variance = score.variance;
  return evidence;
}

void CompareWithOtherDays(TrendEvidence& evidence, std::optional<double> other_days) {
  evidence.news = evidence.growth;
  if (!other_days || evidence.growth <= 0) return;
  evidence.news = std::clamp(evidence.level - *other_days, 0.0, evidence.growth);
}

bool Grows(const TrendEvidence& evidence) {
  if (evidence.slope <= kCertainty * std::sqrt(evidence.below_squared)) return false;
  if (evidence.first_half <= kFirstHalfShare * evidence.slope) return false;
  if (evidence.second_half <= kSecondHalfShare * evidence.slope) return false;
  if (evidence.second_half < kSteadyShare * evidence.first_half) return false;
  // Z with its correction for continuity.
  if (evidence.score - 1 <= kNormal95OneSided * std::sqrt(evidence.score_variance)) return false;
  if (evidence.growth <= kSpreads * std::sqrt(evidence.spread_squared)) return false;
  if (evidence.growth <= kLeastGrowth) return false;
  return evidence.news >= kNewsShare * evidence.growth;
}

}  // namespace airflow_host
