// Which component's memory grows, and how fast: one trend per long-lived process, summed up.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collectors/component/component_observation.h"
#include "exporter/insight/memory_rooms.h"
#include "exporter/insight/trend_report.h"
#include "exporter/insight/trend_roster.h"

namespace airflow_host {

/// The trends of one component.
struct ComponentTrendReport {
  std::string component;  ///< The label value.
  SubjectTrend trend;
};

/// A process: no other one has had both numbers since the host booted.
struct FollowedProcess {
  int pid = 0;
  std::uint64_t start_ticks = 0;
  auto operator<=>(const FollowedProcess&) const = default;
};

/// What is known of one process, for a file.
struct ProcessTrendState {
  FollowedProcess identity;
  std::vector<TrendTrackState> tracks;
};

/// Learns from each observation how the processes' memory moves. Bounded: kMostSeries series and
/// their hours. Used by one thread.
///
/// Each process is fitted by itself, named by (pid, start time), and a component's slope is the sum
/// over the live ones: in the component's sum a restart would be a step that bends every fit for
/// the length of the window, while a process that has gone simply takes its slope along. The
/// half-widths of the bounds add up as the root of the sum of squares: the errors of different
/// processes are as good as independent, and plain addition would make sixteen quiet pool children
/// look four times as uncertain as they are. The verdict is on the sums, for the same reason: of
/// sixteen processes that are judged by themselves, one is soon wrong.
///
/// What is fitted is RssAnon + VmSwap: on a starved host the kernel swaps out what leaks, and
/// RssAnon alone would show that as shrinking. Tasks are not fitted, nor are processes that are
/// younger than two buckets of the narrowest window. Where there are too many, Airflow's main
/// processes come first, then the rest of Airflow's, then the neighbours', the larger before the
/// smaller.
class ComponentTrend {
 public:
  static constexpr std::size_t kMostSeries = 120;

  ComponentTrend(const std::vector<TrendWindow>& windows, std::chrono::nanoseconds cadence);
  ComponentTrend(const ComponentTrend&) = delete;  // The roster points to the plan.
  ComponentTrend& operator=(const ComponentTrend&) = delete;
  ~ComponentTrend() = default;

  /// Takes in one observation, made at `now` (trends are fitted over steady time, so that a jump of
  /// the wall clock bends nothing). Gives the trends as of it, sorted by component. The memory of a
  /// component ends with the room of the container that it runs in, else with the host's; where it
  /// runs in several, with the one that ends first.
  std::vector<ComponentTrendReport> Absorb(const ComponentObservation& observation, TwoTimes now,
                                           const MemoryRooms& rooms);

  /// Processes that are followed.
  std::size_t tracked() const { return roster_.entries().size(); }

  std::vector<ProcessTrendState> Save() const;
  void Restore(const std::vector<ProcessTrendState>& processes, SteadyTime now);

 private:
  using Roster = TrendRoster<FollowedProcess>;
  /// The evidence of one component in one place, by window; a place is a container with a limit or,
  /// null, the host.
  using Places = std::map<const ContainerRoom*, std::vector<WindowEvidence>>;

  void GatherCandidates(const ComponentObservation& observation);
  std::map<Component, Places> SumUp(const ComponentObservation& observation,
                                    const MemoryRooms& rooms) const;
  std::vector<WindowEvidence> EverywhereOf(const Places& places) const;

  const TrendPlan plan_;
  std::chrono::nanoseconds youngest_{};
  Roster roster_;
  std::vector<Roster::Candidate> candidates_;  ///< Of the observation that is being absorbed.
  TrendScratch scratch_;
};

}  // namespace airflow_host
