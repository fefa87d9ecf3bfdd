// The collector of the host's memory, swap, pressure, processors and file systems.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "collectors/collector.h"
#include "collectors/support/clock.h"
#include "collectors/support/error.h"
#include "collectors/support/paths.h"

namespace airflow_host {

/// What the host collector needs to know. A plain value.
struct HostSettings {
  Paths paths;
  /// How often Observe is called; what is later than that counts as a stall (StallMeter).
  std::chrono::milliseconds cadence{1000};
  /// AIRFLOW_HOME, whose file system is watched; empty where none is known.
  std::string airflow_home;
  /// Where Airflow writes its logs, whose file system is watched too; AIRFLOW_HOME/logs unless it
  /// is an absolute path.
  std::string airflow_logs;
  /// Absolute paths of the host whose file systems are watched besides.
  std::vector<std::string> mountpoints;
};

/// Builds the host collector; it observes a HostObservation. Observing fails only where
/// /proc/meminfo cannot be read. Nothing is opened before the first Observe. Errors: kMalformed for
/// a cadence that is not positive or a mount point that is no absolute path. `clock` must outlive
/// the collector.
Expected<std::unique_ptr<Collector>> MakeHostCollector(HostSettings settings, const Clock& clock);

}  // namespace airflow_host
