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
    const SteadyTime now = clock_.SteadyNow();
    trend_.Absorb(*components, now);
    TrendReport report = trend_.Report();
    last_components_ = std::move(components);
    const std::lock_guard reading(reading_);
    report_ = std::move(report);
    reported_at_ = now;
    return observation;
  }
  const auto* const containers = dynamic_cast<const ContainerObservation*>(observation.get());
  if (containers != nullptr) {
    auto named = std::make_shared<ContainerObservation>(
        last_components_ != nullptr ? NameByComponent(*containers, *last_components_)
                                    : *containers);
    container_ledger_.Enter(named->containers, named->late_kills, clock_.SteadyNow());
    return named;
  }
  return observation;
}

void Insights::Describe(MetricWriter& writer) const {
  const std::lock_guard reading(reading_);
  if (clock_.SteadyNow() - reported_at_ <= stale_after_) DescribeTrend(report_, writer);
}

}  // namespace airflow_host
