// Follows one quantity over all windows.
#include "exporter/insight/trend_track.h"

#include <algorithm>
#include <utility>

namespace airflow_host {

TrendPlan PlanTrends(const std::vector<TrendWindow>& windows, std::chrono::nanoseconds cadence) {
  TrendPlan plan;
  plan.windows = windows;
  for (const TrendWindow& window : windows) {
    const std::chrono::nanoseconds length = window.length;
    const std::chrono::nanoseconds usual =
        std::max<std::chrono::nanoseconds>(std::chrono::minutes(10), length / 10);
    plan.shapes.push_back(TrendSeries::ShapeOf(length, cadence));
    plan.warm_ups.push_back(std::min(usual, length / 4));
  }
  return plan;
}

TrendTrack::TrendTrack(const TrendPlan& plan) : plan_(&plan) {
  for (const TrendSeries::Shape& shape : plan.shapes) series_.emplace_back(shape);
}

void TrendTrack::Add(SteadyTime now, std::chrono::nanoseconds age, double value,
                     TrendScratch& scratch) {
  hours_.Add(now, value);
  for (std::size_t index = 0; index < series_.size(); ++index) {
    TrendSeries& series = series_[index];
    if (series.empty() && age < plan_->warm_ups[index]) continue;
    const bool closed = series.Add(now, value);
    if (!closed && !restored_) continue;
    series.Fit(scratch);
    if (series.evidence()) {
      CompareWithOtherDays(*series.evidence(), hours_.SameHourOnOtherDays());
    }
  }
  restored_ = false;
}

TrendTrackState TrendTrack::Save() const {
  TrendTrackState state;
  for (const TrendSeries& series : series_) state.series.push_back(series.Save());
  state.hours = hours_.Save();
  return state;
}

void TrendTrack::Restore(const TrendTrackState& state, SteadyTime now) {
  for (TrendSeries& series : series_) {
    for (const TrendSeriesState& saved : state.series) {
      if (series.Restore(saved, now)) break;
    }
  }
  hours_.Restore(state.hours, now);
  restored_ = true;
}

}  // namespace airflow_host
