// The component collector: the processes of Airflow and its neighbours on this host.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "collectors/collector.h"
#include "collectors/component/cpu_budget.h"
#include "collectors/component/neighbour_groups.h"
#include "collectors/support/paths.h"

namespace airflow_host {

/// What the component collector needs to know.
struct ComponentSettings {
  Paths paths;  ///< `procfs` is read.
  /// How often every process is read. An Observe in between only glances at what is new.
  std::chrono::milliseconds cadence = std::chrono::seconds(5);
  /// What reading PSS, private memory and file descriptors may cost, in percent of one core; 0:
  /// none of them is read.
  double pss_budget_percent = 1;
  /// At most kMostNeighbourGroups.
  std::vector<NeighbourGroup> neighbours = {};
  /// Tells what the reading has cost; empty: ThreadCpuTime.
  CpuClock cpu_clock = {};
};

/// How often Observe is to be called, whatever the cadence: tasks live for seconds, and the kernel
/// may kill one before the next walk.
inline constexpr std::chrono::milliseconds kGlanceCadence{1000};

/// Makes the collector that walks /proc. Its observation is a ComponentObservation. Always
/// succeeds; a /proc that cannot be listed is an Error of Observe. `clock` outlives the collector.
Expected<std::unique_ptr<Collector>> MakeComponentCollector(ComponentSettings settings,
                                                            const Clock& clock);

}  // namespace airflow_host
