// Hands each observation to the insights that it concerns.
#include "exporter/insight/insights.h"

#include <utility>

#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "exporter/insight/attribution.h"
#include "exporter/insight/task_memory_metrics.h"
#include "exporter/insight/trend_metrics.h"

namespace airflow_host {

Insights::Insights(InsightSettings settings, const Clock& clock)
    : clock_(clock),
      stale_after_(4 * settings.trend.cadence),
      host_(settings.host_cadence),
      trend_(std::move(settings.trend)),
      task_names_(std::move(settings.task_lookup)) {}

std::shared_ptr<const Observation> Insights::Absorb(
    std::shared_ptr<const Observation> observation) {
  if (const auto* const host = dynamic_cast<const HostObservation*>(observation.get())) {
    host_.Absorb(*host, clock_.SteadyNow());  // Without waiting for a fit.
    return observation;
  }
  const std::lock_guard absorbing(absorbing_);
  if (auto components = std::dynamic_pointer_cast<const ComponentObservation>(observation)) {
    components = LearnTasks(std::move(components));
    last_components_ = components;
    if (components->full) LearnTrends(*components);  // A glance has new processes alone.
    return components;
  }
  if (const auto* const metadata = dynamic_cast<const MetadataObservation*>(observation.get())) {
    task_names_.Absorb(*metadata, clock_.SteadyNow());
    return observation;
  }
  const auto* const containers = dynamic_cast<const ContainerObservation*>(observation.get());
  if (containers != nullptr && last_components_ != nullptr) {
    return std::make_shared<const ContainerObservation>(
        NameByComponent(*containers, *last_components_));
  }
  return observation;
}

std::shared_ptr<const ComponentObservation> Insights::LearnTasks(
    std::shared_ptr<const ComponentObservation> components) {
  const SteadyTime now = clock_.SteadyNow();
  components = task_names_.Name(std::move(components), now);
  task_memory_.Absorb(*components, task_names_, now);
  TaskMemoryReport report = task_memory_.Report(now);
  const std::lock_guard reading(reading_);
  task_report_ = std::move(report);
  task_reported_at_ = now;
  return components;
}

void Insights::LearnTrends(const ComponentObservation& components) {
  const SteadyTime now = clock_.SteadyNow();
  trend_.Absorb(components, now);
  TrendReport report = trend_.Report();
  const std::lock_guard reading(reading_);
  report_ = std::move(report);
  reported_at_ = now;
}

void Insights::Describe(MetricWriter& writer) const {
  DescribeHostVerdict(host_.Verdict(clock_.SteadyNow()), writer);
  const std::lock_guard reading(reading_);
  const SteadyTime now = clock_.SteadyNow();
  if (now - reported_at_ <= stale_after_) DescribeTrend(report_, writer);
  if (now - task_reported_at_ <= stale_after_) DescribeTaskMemory(task_report_, writer);
}

}  // namespace airflow_host
