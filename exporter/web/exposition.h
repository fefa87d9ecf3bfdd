// Metric families written as text, in the two formats that Prometheus reads.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "exporter/web/negotiation.h"

namespace airflow_host {

/// Prometheus text 0.0.4, by prometheus-cpp's own serializer.
std::string WriteText(const std::vector<prometheus::MetricFamily>& families);

/// OpenMetrics text 1.0.0. Counters and everything else as gauges, which is all that a MetricWriter
/// makes. https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
std::string WriteOpenMetrics(const std::vector<prometheus::MetricFamily>& families);

/// The families in `format`. Any thread.
std::string WriteExposition(const std::vector<prometheus::MetricFamily>& families,
                            ExpositionFormat format);

}  // namespace airflow_host
