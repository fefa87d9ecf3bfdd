// The metrics of the component collector.
#pragma once

#include <span>

#include "collectors/collector.h"
#include "collectors/component/component_observation.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric that DescribeComponent may add. Static storage; any thread.
std::span<const MetricDescription> ComponentMetrics();

/// Adds the metrics of `observation`; nothing where it is null. Pure; any thread.
///
/// A component that has been seen and has gone keeps its counters and shows 0 processes; its other
/// series vanish.
void DescribeComponent(const CollectorStatus& status, const ComponentObservation* observation,
                       MetricWriter& writer);

}  // namespace airflow_host
