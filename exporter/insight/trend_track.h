// One quantity of one identity (the anonymous memory of a process, the slab of a container) over
// all windows.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "exporter/insight/hourly_lows.h"
#include "exporter/insight/trend_series.h"

namespace airflow_host {

/// Over which windows trends are fitted, and what follows from that. A plain value.
struct TrendPlan {
  std::vector<TrendWindow> windows;
  std::vector<TrendSeries::Shape> shapes;  ///< One per window.
  /// The first time of an identity, which is left out of each window: caches fill.
  std::vector<std::chrono::nanoseconds> warm_ups;
};

/// The plan for samples that come every `cadence`. The warm-up is 10 minutes or a tenth of the
/// window, whichever is longer, but no more than a quarter of the window.
TrendPlan PlanTrends(const std::vector<TrendWindow>& windows, std::chrono::nanoseconds cadence);

/// What a track holds, for a file.
struct TrendTrackState {
  std::vector<TrendSeriesState> series;
  HourlyLowsState hours;
};

/// Follows one quantity. Used by one thread.
class TrendTrack {
 public:
  /// `plan` outlives the track.
  explicit TrendTrack(const TrendPlan& plan);

  /// Adds one value, of an identity that is `age` old. Fits where a bucket has closed.
  void Add(SteadyTime now, std::chrono::nanoseconds age, double value, TrendScratch& scratch);

  /// What the window at `index` of the plan tells; nothing before its 24th closed bucket.
  const std::optional<TrendEvidence>& evidence(std::size_t index) const {
    return series_.at(index).evidence();
  }
  const TrendSeries& series(std::size_t index) const { return series_.at(index); }

  TrendTrackState Save() const;
  /// Takes over what fits of another run's; the rest begins anew.
  void Restore(const TrendTrackState& state, SteadyTime now);

 private:
  const TrendPlan* plan_;
  std::vector<TrendSeries> series_;
  HourlyLows hours_;
  bool restored_ = false;  ///< Not fitted since.
};

}  // namespace airflow_host
