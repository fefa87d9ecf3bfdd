// The metrics of what is installed.
#pragma once

#include <span>

#include "collectors/component/install/install_summary.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric that DescribeInstalls may add. Static storage; any thread.
std::span<const MetricDescription> InstallMetrics();

/// Adds the metrics of `summary`. Pure; any thread.
void DescribeInstalls(const InstallSummary& summary, MetricWriter& writer);

}  // namespace airflow_host
