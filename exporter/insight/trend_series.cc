// Thins samples to bucket minima.
#include "exporter/insight/trend_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace airflow_host {

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
  Close(bucket);
  open_minimum_ = sample;
  return true;
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

void TrendSeries::Clear() {
  first_ = 0;
  current_ = -1;
  estimate_.reset();
}

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
  const double width = std::chrono::duration<double>(shape_.width).count();
  for (std::int64_t bucket = first_; bucket < current_; ++bucket) {
    const float minimum = minima_.at(SlotOf(bucket));
    if (std::isnan(minimum)) continue;
    // Buckets are equally wide, so their number tells their time but for the origin.
    points.at(count++) = {static_cast<double>(bucket - first_) * width,
                          static_cast<double>(minimum)};
  }
  estimate_.reset();
  if (count >= kFewestBuckets) estimate_ = FitTheilSen({points.data(), count}, scratch);
}

}  // namespace airflow_host
