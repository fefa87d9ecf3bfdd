// Describes trends as metrics.
#include "exporter/insight/trend_metrics.h"

#include <array>

namespace airflow_host {
namespace {

constexpr MetricDescription kComponentGrowth = {
    "airflow_component_memory_growth_bytes_per_second",
    "How fast the anonymous memory of the component's processes grows, resident or swapped out "
    "(RssAnon and VmSwap of /proc/PID/status, sampled every few seconds): the Theil-Sen slope of "
    "each "
    "long-lived process over the window, summed up."};
constexpr MetricDescription kComponentGrowthLower = {
    "airflow_component_memory_growth_lower_bytes_per_second",
    "Lower 95 % confidence bound of airflow_component_memory_growth_bytes_per_second; above 0 when "
    "the growth is no chance."};
constexpr MetricDescription kComponentGrowthUpper = {
    "airflow_component_memory_growth_upper_bytes_per_second",
    "Upper 95 % confidence bound of airflow_component_memory_growth_bytes_per_second."};

constexpr std::array kAll = {kComponentGrowth, kComponentGrowthLower, kComponentGrowthUpper};

}  // namespace

std::span<const MetricDescription> TrendMetrics() { return kAll; }

void DescribeTrend(const TrendReport& report, MetricWriter& writer) {
  for (const ComponentTrendRow& row : report.components) {
    const std::string_view component = ComponentName(row.component);
    const auto add = [&](const MetricDescription& description, double value) {
      writer.Add(description, value,
                 {{"component", component}, {"kind", "anon"}, {"window", row.window}});
    };
    add(kComponentGrowth, row.bytes_per_second.slope);
    add(kComponentGrowthLower, row.bytes_per_second.lower);
    add(kComponentGrowthUpper, row.bytes_per_second.upper);
  }
}

}  // namespace airflow_host
