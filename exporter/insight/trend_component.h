// Which component's memory grows, and how fast: one trend per long-lived process, summed up.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "collectors/component/component_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/trend_series.h"

namespace airflow_host {

/// The trend of one component over one window.
struct ComponentTrendRow {
  Component component = Component::kOtherAirflow;
  std::string window;              ///< The window's label.
  SlopeEstimate bytes_per_second;  ///< Of anonymous memory, resident or swapped out.
  std::size_t processes = 0;       ///< How many processes were fitted.
  /// The time that every one of these fits reaches back, at the least.
  std::chrono::nanoseconds covered{};
};

/// The trends of all components at one time. A plain value.
struct TrendReport {
  std::vector<ComponentTrendRow> components;
};

/// What ComponentTrend needs to know.
struct ComponentTrendSettings {
  std::vector<TrendWindow> windows = {{"1h", std::chrono::hours(1)}, {"6h", std::chrono::hours(6)}};
  /// How often observations come.
  std::chrono::nanoseconds cadence = std::chrono::seconds(5);
};

/// Learns from each observation how the processes' memory moves. A pure function of what it has
/// absorbed; bounded: kMostSeries series of 0.5 kB, and one scratch of 30 kB. Used by one thread.
///
/// Each process is fitted by itself, named by (pid, start time), and a component's slope is the sum
/// over the live ones: in the component's sum a restart would be a step that bends every fit for
/// the length of the window, while a process that has gone simply takes its slope along. The
/// half-widths of the bounds add up as the root of the sum of squares: the errors of different
/// processes are as good as independent, and plain addition would make sixteen quiet pool children
/// look four times as uncertain as they are.
///
/// What is fitted is RssAnon + VmSwap: on a starved host the kernel swaps out what leaks, and
/// RssAnon alone would show that as shrinking. Tasks are not fitted, nor are processes that are
/// younger than two buckets of the narrowest window. Where there are too many, Airflow's main
/// processes come first, then the rest of Airflow's, then the neighbours', the larger before the
/// smaller.
class ComponentTrend {
 public:
  static constexpr std::size_t kMostSeries = 120;

  explicit ComponentTrend(ComponentTrendSettings settings);

  /// Takes in one observation, made at `now` (a steady time, so that a jump of the wall clock bends
  /// nothing).
  void Absorb(const ComponentObservation& observation, SteadyTime now);

  /// The trends as of the last observation. Rows are there from the 24th closed bucket on, sorted
  /// by component, then in the order of the windows.
  TrendReport Report() const;

  /// Processes that are followed.
  std::size_t tracked() const { return tracked_.size(); }

 private:
  struct Identity {
    int pid = 0;
    std::uint64_t start_ticks = 0;
    auto operator<=>(const Identity&) const = default;
  };
  /// Who comes first where there are too many.
  enum class Rank : std::uint8_t { kNeighbour, kAirflow, kAirflowMain };
  struct Tracked {
    Identity identity;
    Component component;
    Rank rank;
    double bytes;
    bool alive;
    std::vector<TrendSeries> series;  ///< One per window.
  };
  struct Candidate {
    Identity identity;
    Component component;
    Rank rank;
    double bytes;
  };

  void GatherCandidates(const ComponentObservation& observation);
  void FollowKnown(SteadyTime now);
  void Admit(SteadyTime now);
  bool MakeRoomFor(const Candidate& candidate);
  static Rank RankOf(const ProcessSample& sample);
  void Follow(Tracked& tracked, double bytes, SteadyTime now);
  void AddRows(Component component, TrendReport& report) const;

  ComponentTrendSettings settings_;
  std::vector<TrendSeries::Shape> shapes_;
  std::chrono::nanoseconds youngest_{};
  std::size_t most_tracked_ = 0;
  std::vector<Tracked> tracked_;
  std::vector<Candidate> candidates_;  ///< Of the observation that is being absorbed.
  TrendScratch scratch_;
};

}  // namespace airflow_host
