// Hands each observation to the insights that it concerns.
#include "exporter/insight/insights.h"

#include <utility>

#include "collectors/container/container_observation.h"
#include "exporter/insight/attribution.h"
#include "exporter/insight/trend_metrics.h"

namespace airflow_host {

Insights::Insights(ComponentTrendSettings trend, const Clock& clock)
    : clock_(clock), stale_after_(4 * trend.cadence), trend_(std::move(trend)) {}

std::shared_ptr<const Observation> Insights::Absorb(
    std::shared_ptr<const Observation> observation) {
  const std::lock_guard absorbing(absorbing_);
  if (auto components = std::dynamic_pointer_cast<const ComponentObservation>(observation)) {
    last_components_ = components;
    if (!components->full) return observation;  // Trends learn from whole walks.
    const SteadyTime now = clock_.SteadyNow();
    trend_.Absorb(*components, now);
    TrendReport report = trend_.Report();
    const std::lock_guard reading(reading_);
    report_ = std::move(report);
    reported_at_ = now;
    return observation;
  }
  const auto* const containers = dynamic_cast<const ContainerObservation*>(observation.get());
  if (containers != nullptr && last_components_ != nullptr) {
    return std::make_shared<const ContainerObservation>(
        NameByComponent(*containers, *last_components_));
  }
  return observation;
}

void Insights::Describe(MetricWriter& writer) const {
  const std::lock_guard reading(reading_);
  if (clock_.SteadyNow() - reported_at_ <= stale_after_) DescribeTrend(report_, writer);
}

}  // namespace airflow_host
