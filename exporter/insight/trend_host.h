// Whether the host's memory grows, and when nothing of it is left.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "collectors/host/host_observation.h"
#include "exporter/insight/trend_report.h"
#include "exporter/insight/trend_track.h"

namespace airflow_host {

/// Follows the host's anonymous memory (AnonPages, and swap that is used and not cached) and its
/// slab (SReclaimable and SUnreclaim). The host's memory ends when MemAvailable and SwapFree are
/// both 0: what anonymous memory takes comes out of these two. MemAvailable counts slab that can be
/// dropped as available, so where slab grows, SReclaimable is taken off: the memory ends when the
/// kernel has to drop it. Used by one thread.
class HostTrend {
 public:
  HostTrend(const std::vector<TrendWindow>& windows, std::chrono::nanoseconds cadence);
  HostTrend(const HostTrend&) = delete;  // The tracks point to the plan.
  HostTrend& operator=(const HostTrend&) = delete;
  ~HostTrend() = default;

  /// Takes in one observation, made at `now`; gives the trends as of it.
  SubjectTrend Absorb(const HostObservation& observation, TwoTimes now);

  /// What anonymous memory may still take, as of the last observation.
  const std::optional<double>& room() const { return room_; }

  std::vector<TrendTrackState> Save() const { return {anon_.Save(), slab_.Save()}; }
  /// Takes over what another run since the same boot has saved.
  void Restore(const std::vector<TrendTrackState>& tracks, SteadyTime now);

 private:
  std::vector<WindowEvidence> Evidence() const;

  const TrendPlan plan_;
  TrendTrack anon_;
  TrendTrack slab_;
  std::optional<double> room_;
  TrendScratch scratch_;
};

}  // namespace airflow_host
