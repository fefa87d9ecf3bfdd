// Describes the containers as metrics.
#pragma once

#include <span>

#include "collectors/collector.h"
#include "collectors/container/container_observation.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric that DescribeContainer may add. Static storage; any thread.
std::span<const MetricDescription> ContainerMetrics();

/// Adds the metrics of `observation` (null: none that is fresh, so nothing is added), at most 500
/// containers in the order of their cgroup paths, systemd's services last (IsShown). Pure; any
/// thread.
void DescribeContainer(const CollectorStatus& status, const ContainerObservation* observation,
                       MetricWriter& writer);

}  // namespace airflow_host
