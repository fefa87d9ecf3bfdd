// What the exporter says about itself: its build, its process, its log, its locked memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// What this binary is; set by the build.
struct BuildInfo {
  const char* version;
  const char* revision;  ///< Short git hash, or "unknown".
  const char* compiler;
};

/// The build this file was compiled in.
BuildInfo ThisBuild();

/// Adds the metrics about the exporter's own process, the names that every Prometheus client
/// library uses (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics)
/// among them. Reads /proc/self of the real /proc, whatever --path.procfs says: that one may be
/// another host's.
void DescribeSelf(bool memory_locked, std::uint64_t log_messages_dropped, MetricWriter& writer);

/// Every metric that DescribeSelf may add.
std::span<const MetricDescription> SelfMetrics();

}  // namespace airflow_host
