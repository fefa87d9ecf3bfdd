// The metrics of what is installed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "collectors/component/install/install_summary.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric that DescribeInstalls may add. Static storage; any thread.
std::span<const MetricDescription> InstallMetrics();

/// Adds the metrics of `summary` and of `worker_concurrency`. Pure; any thread.
void DescribeInstalls(const InstallSummary& summary,
                      std::optional<std::uint64_t> worker_concurrency, MetricWriter& writer);

}  // namespace airflow_host
