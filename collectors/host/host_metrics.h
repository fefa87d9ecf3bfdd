// Describes the host's observation as metrics.
#pragma once

#include <span>

#include "collectors/collector.h"
#include "collectors/host/host_observation.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric that DescribeHost may add. Static storage; any thread.
std::span<const MetricDescription> HostMetrics();

/// Adds what `observation` holds to `writer`; nothing where it is null. Pure. Any thread.
void DescribeHost(const CollectorStatus& status, const HostObservation* observation,
                  MetricWriter& writer);

}  // namespace airflow_host
