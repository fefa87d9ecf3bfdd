// Keeps the low of every hour.
#include "exporter/insight/hourly_lows.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace airflow_host {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::int64_t kDays = 7;
constexpr std::int64_t kHoursPerDay = 24;
/// An hour that was seen from here on counts as seen.
constexpr minutes kLatestStart{15};
constexpr float kUnseen = std::numeric_limits<float>::quiet_NaN();

}  // namespace

void HourlyLows::Add(SteadyTime now, double value) {
  if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()))) return;
  const auto since_start = std::max(now.time_since_epoch(), SteadyTime::duration(0));
  const std::int64_t hour = since_start / hours(1);
  const auto sample = static_cast<float>(value);
  if (hour <= current_) {
    open_low_ = std::min(open_low_, sample);
    return;
  }
  if (current_ < 0) {
    first_ = hour;
  } else {
    Close(hour);
  }
  current_ = hour;
  open_low_ = sample;
  from_the_start_ = since_start - hours(hour) <= kLatestStart;
}

void HourlyLows::Close(std::int64_t next) {
  const auto count = static_cast<std::int64_t>(kHours);
  lows_.at(SlotOf(current_)) = from_the_start_ ? open_low_ : kUnseen;
  for (std::int64_t gap = std::max(current_ + 1, next - count); gap < next; ++gap) {
    lows_.at(SlotOf(gap)) = kUnseen;
  }
  first_ = std::max(first_, next - count);
}

std::optional<double> HourlyLows::SameHourOnOtherDays() const {
  std::optional<double> highest;
  for (std::int64_t day = 1; day <= kDays; ++day) {
    const std::int64_t middle = current_ - day * kHoursPerDay;
    for (std::int64_t hour = std::max(middle - 1, first_); hour <= middle + 1; ++hour) {
      const float low = lows_.at(SlotOf(hour));
      if (!std::isnan(low)) highest = std::max(highest.value_or(low), static_cast<double>(low));
    }
  }
  return highest;
}

HourlyLowsState HourlyLows::Save() const {
  HourlyLowsState state{current_, from_the_start_, open_low_, {}};
  for (std::int64_t hour = first_; hour < current_; ++hour) {
    state.lows.push_back(lows_.at(SlotOf(hour)));
  }
  return state;
}

bool HourlyLows::Restore(const HourlyLowsState& state, SteadyTime now) {
  const auto kept = static_cast<std::int64_t>(state.lows.size());
  if (state.lows.size() > kHours || kept > state.current) return false;
  if (state.current > now.time_since_epoch() / hours(1)) return false;
  const auto is_wrong = [](float low) { return std::isinf(low); };
  if (std::any_of(state.lows.begin(), state.lows.end(), is_wrong)) return false;
  if (!std::isfinite(state.open_low)) return false;
  current_ = state.current;
  first_ = current_ - kept;
  open_low_ = state.open_low;
  from_the_start_ = state.from_the_start;
  for (std::int64_t hour = first_; hour < current_; ++hour) {
    lows_.at(SlotOf(hour)) = state.lows.at(static_cast<std::size_t>(hour - first_));
  }
  return true;
}

}  // namespace airflow_host
