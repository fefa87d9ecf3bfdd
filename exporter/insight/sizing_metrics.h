// The metrics of sizing.
#pragma once

#include <span>

#include "collectors/support/metric_writer.h"
#include "exporter/insight/sizing.h"

namespace airflow_host {

/// Every metric that DescribeSizing may add. Static storage; any thread.
std::span<const MetricDescription> SizingMetrics();

/// Adds the metrics of `sizing`. Pure; any thread.
void DescribeSizing(const Sizing& sizing, MetricWriter& writer);

}  // namespace airflow_host
