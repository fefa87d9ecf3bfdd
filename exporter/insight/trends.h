// The growth of memory of the host, its containers and Airflow's components, learned from every
// observation of the three.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "collectors/component/component_observation.h"
#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/memory_rooms.h"
#include "exporter/insight/trend_component.h"
#include "exporter/insight/trend_container.h"
#include "exporter/insight/trend_host.h"
#include "exporter/insight/trend_report.h"

namespace airflow_host {

/// What Trends needs to know.
struct TrendSettings {
  std::vector<TrendWindow> windows = {{"1h", std::chrono::hours(1)}, {"6h", std::chrono::hours(6)}};
  /// How often the observations come.
  std::chrono::nanoseconds host_cadence = std::chrono::seconds(1);
  std::chrono::nanoseconds container_cadence = std::chrono::seconds(5);
  std::chrono::nanoseconds component_cadence = std::chrono::seconds(5);
};

/// All trends at one time. A plain value.
struct TrendReport {
  SubjectTrend host;
  std::vector<ContainerTrendReport> containers;
  std::vector<ComponentTrendReport> components;
};

/// All that the trends remember, for a file. A plain value; it holds for one boot of the host.
struct TrendHistory {
  std::vector<TrendTrackState> host;
  std::vector<ContainerTrendState> containers;
  std::vector<ProcessTrendState> processes;
};

/// Learns and tells. Safe to call from any thread; those who absorb wait only for those who absorb
/// the same source or save, for as long as its fits take, and those who read for moments only.
class Trends {
 public:
  Trends(const TrendSettings& settings, const Clock& clock);

  /// Takes in an observation that was just made.
  void Absorb(const HostObservation& observation);
  /// Takes in an observation that was just made, its containers named by their components.
  void Absorb(const ContainerObservation& observation);
  /// Takes in an observation that was just made.
  void Absorb(const ComponentObservation& observation);

  /// The trends; a source whose last observation is older than four cadences has none.
  TrendReport Report() const;

  /// What the next run of the program needs to go on where this one ends.
  TrendHistory Save() const;

  /// Goes on where another run since the same boot ended; before the first observation.
  void Restore(const TrendHistory& history);

 private:
  TwoTimes Now() const { return {clock_.SteadyNow(), clock_.SystemNow()}; }
  MemoryRooms Rooms() const;

  const Clock& clock_;
  const TrendSettings settings_;

  // Each guards the one below it; held for as long as fits take.
  mutable std::mutex absorbing_host_;
  HostTrend host_;
  mutable std::mutex absorbing_containers_;
  ContainerTrend containers_;
  mutable std::mutex absorbing_components_;
  ComponentTrend components_;

  mutable std::mutex reading_;  // Guards what follows; held for moments only, taken last.
  MemoryRooms rooms_;
  TrendReport report_;
  SteadyTime host_at_{};
  SteadyTime containers_at_{};
  SteadyTime components_at_{};
};

}  // namespace airflow_host
