// The broker's metrics.
#pragma once

#include <span>

#include "collectors/broker/broker_observation.h"
#include "collectors/collector.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Every metric of the broker collector. Static storage; any thread.
std::span<const MetricDescription> BrokerMetrics();

/// Adds the metrics of one observation (null: none that is fresh). At most kMostQueueLabels queues
/// have a series of their own; the rest is summed in queue="other". Of workers the first
/// kMostWorkerLabels have series of their own; all are counted. Pure; any thread.
void DescribeBroker(const CollectorStatus& status, const BrokerObservation* observation,
                    MetricWriter& writer);

/// See DescribeBroker.
inline constexpr std::size_t kMostQueueLabels = 100;
inline constexpr std::size_t kMostWorkerLabels = 200;

}  // namespace airflow_host
