// The metrics of the memory of tasks.
#pragma once

#include <span>

#include "collectors/support/metric_writer.h"
#include "exporter/insight/task_memory.h"

namespace airflow_host {

/// Every metric that DescribeTaskMemory may add. Static storage; any thread.
std::span<const MetricDescription> TaskMemoryMetrics();

/// Adds the metrics of `report`. Pure; any thread.
void DescribeTaskMemory(const TaskMemoryReport& report, MetricWriter& writer);

}  // namespace airflow_host
