// Describes trends as metrics.
#include "exporter/insight/trend_metrics.h"

#include <array>
#include <optional>

namespace airflow_host {
namespace {

/// The metrics of one subject.
struct Family {
  MetricDescription growth;
  MetricDescription lower;
  MetricDescription upper;
  MetricDescription growing;
  MetricDescription exhaustion;
};

constexpr Family kHost = {
    {"airflow_host_memory_growth_bytes_per_second",
     "How fast the host's memory grows: anonymous memory, resident or swapped out, and slab "
     "(/proc/meminfo, sampled every second): the Theil-Sen slope of bucket minima over the "
     "window."},
    {"airflow_host_memory_growth_lower_bytes_per_second",
     "Lower 95 % confidence bound of airflow_host_memory_growth_bytes_per_second."},
    {"airflow_host_memory_growth_upper_bytes_per_second",
     "Upper 95 % confidence bound of airflow_host_memory_growth_bytes_per_second."},
    {"airflow_host_memory_growing",
     "1 where the host's memory of that kind has grown steadily over the window and beyond what is "
     "usual at that hour, 0 where it has not (/proc/meminfo, sampled every second)."},
    {"airflow_host_memory_exhaustion_timestamp_seconds",
     "Unix time at which MemAvailable and SwapFree will be used up if the growth goes on; absent "
     "when nothing grows (/proc/meminfo, sampled every second)."}};
constexpr Family kContainer = {
    {"airflow_container_memory_growth_bytes_per_second",
     "How fast the container's memory grows: anonymous memory, resident or swapped out, and slab "
     "(cgroup memory.stat, sampled every few seconds): the Theil-Sen slope of bucket minima over "
     "the window."},
    {"airflow_container_memory_growth_lower_bytes_per_second",
     "Lower 95 % confidence bound of airflow_container_memory_growth_bytes_per_second."},
    {"airflow_container_memory_growth_upper_bytes_per_second",
     "Upper 95 % confidence bound of airflow_container_memory_growth_bytes_per_second."},
    {"airflow_container_memory_growing",
     "1 where the container's memory of that kind has grown steadily over the window and beyond "
     "what is usual at that hour, 0 where it has not (cgroup memory.stat, sampled every few "
     "seconds)."},
    {"airflow_container_memory_exhaustion_timestamp_seconds",
     "Unix time at which the container will reach its effective memory limit, swap included, or "
     "the end of the host's memory if that is nearer, if the growth goes on; absent when nothing "
     "grows or there is no limit (cgroup memory.stat and limits, /proc/meminfo, sampled every few "
     "seconds)."}};
constexpr Family kComponent = {
    {"airflow_component_memory_growth_bytes_per_second",
     "How fast the anonymous memory of the component's processes grows, resident or swapped out "
     "(RssAnon and VmSwap of /proc/PID/status, sampled every few seconds): the Theil-Sen slope of "
     "each long-lived process over the window, summed up."},
    {"airflow_component_memory_growth_lower_bytes_per_second",
     "Lower 95 % confidence bound of airflow_component_memory_growth_bytes_per_second; above 0 "
     "when the growth is no chance."},
    {"airflow_component_memory_growth_upper_bytes_per_second",
     "Upper 95 % confidence bound of airflow_component_memory_growth_bytes_per_second."},
    {"airflow_component_memory_growing",
     "1 where the memory of the component's processes has grown steadily over the window and "
     "beyond what is usual at that hour, 0 where it has not (/proc/PID/status, sampled every few "
     "seconds)."},
    {"airflow_component_memory_exhaustion_timestamp_seconds",
     "Unix time at which the component's growth will have taken what its container's effective "
     "limit leaves, or else what the host has; absent when it does not grow (/proc/PID/status, "
     "cgroup limits, /proc/meminfo, sampled every few seconds)."}};

constexpr std::array kAll = {kHost.growth,          kHost.lower,        kHost.upper,
                             kHost.growing,         kHost.exhaustion,   kContainer.growth,
                             kContainer.lower,      kContainer.upper,   kContainer.growing,
                             kContainer.exhaustion, kComponent.growth,  kComponent.lower,
                             kComponent.upper,      kComponent.growing, kComponent.exhaustion};

/// Adds the samples of one subject; `add` gives them the subject's labels.
template <typename Add>
void DescribeSubject(const SubjectTrend& trend, const Family& family, Add add) {
  for (const TrendRow& row : trend.rows) {
    const LabelView kind{"kind", TrendKindName(row.kind)};
    const LabelView window{"window", row.window};
    add(family.growth, row.bytes_per_second.slope, kind, window);
    add(family.lower, row.bytes_per_second.lower, kind, window);
    add(family.upper, row.bytes_per_second.upper, kind, window);
    add(family.growing, row.growing ? 1.0 : 0.0, kind, window);
  }
  if (!trend.exhaustion) return;
  const auto add_bound = [&](const char* bound, SystemTime time) {
    add(family.exhaustion, SecondsSinceEpoch(time), LabelView{"bound", bound});
  };
  add_bound("earliest", trend.exhaustion->earliest);
  add_bound("expected", trend.exhaustion->expected);
  if (trend.exhaustion->latest) add_bound("latest", *trend.exhaustion->latest);
}

void DescribeContainer(const ContainerTrendReport& container, MetricWriter& writer) {
  const ContainerKey& key = container.key;
  const LabelView name{"container", key.container};
  // The labels of all metrics of containers.
  DescribeSubject(container.trend, kContainer,
                  [&](const MetricDescription& metric, double value, const auto&... more) {
                    if (!key.pod.empty()) {
                      writer.Add(
                          metric, value,
                          {name, {"namespace", key.pod_namespace}, {"pod", key.pod}, more...});
                    } else if (!key.compose_project.empty()) {
                      writer.Add(metric, value,
                                 {name,
                                  {"compose_project", key.compose_project},
                                  {"compose_service", key.compose_service},
                                  more...});
                    } else {
                      writer.Add(metric, value, {name, more...});
                    }
                  });
}

}  // namespace

std::span<const MetricDescription> TrendMetrics() { return kAll; }

void DescribeTrend(const TrendReport& report, MetricWriter& writer) {
  DescribeSubject(report.host, kHost,
                  [&](const MetricDescription& metric, double value, const auto&... labels) {
                    writer.Add(metric, value, {labels...});
                  });
  for (const ContainerTrendReport& container : report.containers) {
    DescribeContainer(container, writer);
  }
  for (const ComponentTrendReport& component : report.components) {
    DescribeSubject(component.trend, kComponent,
                    [&](const MetricDescription& metric, double value, const auto&... labels) {
                      writer.Add(metric, value, {{"component", component.component}, labels...});
                    });
  }
}

}  // namespace airflow_host
