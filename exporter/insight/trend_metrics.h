// The metrics of the trends.
#pragma once

#include <span>

#include "collectors/support/metric_writer.h"
#include "exporter/insight/trends.h"

namespace airflow_host {

/// Every metric that DescribeTrend may add. Static storage; any thread.
std::span<const MetricDescription> TrendMetrics();

/// Adds the metrics of `report`. Pure; any thread.
void DescribeTrend(const TrendReport& report, MetricWriter& writer);

}  // namespace airflow_host
