// The metadata database's metrics.
#pragma once

#include <span>

#include "collectors/collector.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric that DescribeMetadata may add. Static storage; any thread.
std::span<const MetricDescription> MetadataMetrics();

/// Adds the metrics of `observation` (null: none that is fresh) and airflow_metadata_up, which
/// tells a database that does not answer from one that was not asked yet. Pure; any thread.
void DescribeMetadata(const CollectorStatus& status, const MetadataObservation* observation,
                      MetricWriter& writer);

}  // namespace airflow_host
