// The metrics of the kernel's kills.
#pragma once

#include <span>

#include "collectors/support/metric_writer.h"
#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// Every metric that DescribeKills may add. Static storage; any thread.
std::span<const MetricDescription> KillMetrics();

/// Adds the metrics of `report`; none where the collector has not been heard of. Pure; any thread.
void DescribeKills(const KillReport& report, MetricWriter& writer);

}  // namespace airflow_host
