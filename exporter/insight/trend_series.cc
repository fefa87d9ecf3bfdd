// Thins samples to bucket minima.
#include "exporter/insight/trend_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace airflow_host {
namespace {

constexpr double kDropDeviations = 3;
constexpr double kDropShare = 0.2;

}  // namespace

TrendSeries::Shape TrendSeries::ShapeOf(std::chrono::nanoseconds length,
                                        std::chrono::nanoseconds cadence) {
  using Nanoseconds = std::chrono::nanoseconds;
  const auto most = static_cast<Nanoseconds::rep>(kMostBuckets);
  const Nanoseconds width = std::max({length / most, cadence, Nanoseconds(1)});
  const auto fit = static_cast<std::size_t>(std::max<Nanoseconds::rep>(length / width, 1));
  return {width, std::clamp(fit, kFewestBuckets, kMostBuckets)};
}

bool TrendSeries::Add(SteadyTime now, double value) {
  constexpr auto kLargest = static_cast<double>(std::numeric_limits<float>::max());
  if (!(std::abs(value) <= kLargest)) return false;  // Not a number included.
  const auto since_start = std::max(now.time_since_epoch(), SteadyTime::duration(0));
  const std::int64_t bucket = since_start / shape_.width;
  const auto sample = static_cast<float>(value);
  if (current_ < 0) {
    first_ = current_ = bucket;
    open_minimum_ = sample;
    return false;
  }
  if (bucket <= current_) {
    open_minimum_ = std::min(open_minimum_, sample);
    return false;
  }
  WatchForADrop();
  Close(bucket);
  open_minimum_ = sample;
  return true;
}

void TrendSeries::WatchForADrop() {
  if (!evidence_) return;
  const double threshold = std::max(kDropDeviations * std::sqrt(evidence_->spread_squared),
                                    kDropShare * std::abs(evidence_->level));
  if (static_cast<double>(open_minimum_) >= evidence_->level - threshold) {
    fallen_ = 0;
    return;
  }
  if (fallen_++ == 0) fell_at_ = current_;
  if (fallen_ < kBucketsOfADrop) return;
  first_ = fell_at_;
  fallen_ = 0;
  evidence_.reset();
}

void TrendSeries::Close(std::int64_t next) {
  const auto count = static_cast<std::int64_t>(shape_.buckets);
  minima_.at(SlotOf(current_)) = open_minimum_;
  // Buckets without a sample are gaps; none need be marked that has left the window already.
  for (std::int64_t gap = std::max(current_ + 1, next - count); gap < next; ++gap) {
    minima_.at(SlotOf(gap)) = std::numeric_limits<float>::quiet_NaN();
  }
  current_ = next;
  first_ = std::max(first_, next - count);
}

void TrendSeries::Clear() { *this = TrendSeries(shape_); }

std::size_t TrendSeries::ClosedBuckets() const {
  std::size_t closed = 0;
  for (std::int64_t bucket = first_; bucket < current_; ++bucket) {
    if (!std::isnan(minima_.at(SlotOf(bucket)))) ++closed;
  }
  return closed;
}

std::chrono::nanoseconds TrendSeries::Covered() const {
  for (std::int64_t bucket = first_; bucket < current_; ++bucket) {
    if (!std::isnan(minima_.at(SlotOf(bucket)))) return shape_.width * (current_ - bucket);
  }
  return std::chrono::nanoseconds(0);
}

void TrendSeries::Fit(TrendScratch& scratch) {
  std::array<TrendPoint, kMostBuckets> points;
  std::size_t count = 0;
  std::int64_t last = 0;
  const double width = std::chrono::duration<double>(shape_.width).count();
  for (std::int64_t bucket = first_; bucket < current_; ++bucket) {
    const float minimum = minima_.at(SlotOf(bucket));
    if (std::isnan(minimum)) continue;
    // Buckets are equally wide, so their number tells their time but for the origin.
    points.at(count++) = {static_cast<double>(bucket - first_) * width,
                          static_cast<double>(minimum)};
    last = bucket;
  }
  evidence_.reset();
  if (count < kFewestBuckets) return;
  const SteadyTime middle = SteadyTime{} + last * shape_.width + shape_.width / 2;
  evidence_ = FitEvidence({points.data(), count}, middle, scratch);
}

TrendSeriesState TrendSeries::Save() const {
  TrendSeriesState state;
  state.width_nanoseconds = shape_.width.count();
  state.buckets = static_cast<std::uint16_t>(shape_.buckets);
  state.current = current_;
  state.open_minimum = open_minimum_;
  for (std::int64_t bucket = first_; bucket < current_; ++bucket) {
    state.minima.push_back(minima_.at(SlotOf(bucket)));
  }
  return state;
}

bool TrendSeries::Restore(const TrendSeriesState& state, SteadyTime now) {
  if (state.width_nanoseconds != shape_.width.count() || state.buckets != shape_.buckets) {
    return false;
  }
  const auto kept = static_cast<std::int64_t>(state.minima.size());
  if (state.minima.size() > shape_.buckets || kept > state.current) return false;
  if (state.current > now.time_since_epoch() / shape_.width) return false;
  const auto is_wrong = [](float minimum) { return std::isinf(minimum); };
  if (std::any_of(state.minima.begin(), state.minima.end(), is_wrong)) return false;
  if (!std::isfinite(state.open_minimum)) return false;
  Clear();
  current_ = state.current;
  first_ = current_ - kept;
  open_minimum_ = state.open_minimum;
  for (std::int64_t bucket = first_; bucket < current_; ++bucket) {
    minima_.at(SlotOf(bucket)) = state.minima.at(static_cast<std::size_t>(bucket - first_));
  }
  return true;
}

}  // namespace airflow_host
