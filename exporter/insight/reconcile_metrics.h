// The metrics of what comes of comparing the metadata database with the broker.
#pragma once

#include <span>

#include "collectors/support/metric_writer.h"
#include "exporter/insight/reconcile_report.h"

namespace airflow_host {

/// Every metric that DescribeReconcile may add. Static storage; any thread.
std::span<const MetricDescription> ReconcileMetrics();

/// Adds the metrics of `report`. Pure; any thread.
void DescribeReconcile(const ReconcileReport& report, MetricWriter& writer);

}  // namespace airflow_host
