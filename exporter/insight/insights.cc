// Hands each observation to the insights that it concerns.
#include "exporter/insight/insights.h"

#include <utility>

#include "collectors/container/container_observation.h"
#include "exporter/insight/attribution.h"
#include "exporter/insight/trend_metrics.h"

namespace airflow_host {

std::shared_ptr<const Observation> Insights::Absorb(
    std::shared_ptr<const Observation> observation) {
  if (const auto* const host = dynamic_cast<const HostObservation*>(observation.get())) {
    trends_.Absorb(*host);
    return observation;
  }
  if (auto components = std::dynamic_pointer_cast<const ComponentObservation>(observation)) {
    trends_.Absorb(*components);
    const std::lock_guard absorbing(absorbing_);
    last_components_ = std::move(components);
    return observation;
  }
  if (const auto* const found = dynamic_cast<const ContainerObservation*>(observation.get())) {
    std::shared_ptr<const ComponentObservation> components;
    {
      const std::lock_guard absorbing(absorbing_);
      components = last_components_;
    }
    const auto named = std::make_shared<const ContainerObservation>(
        components != nullptr ? NameByComponent(*found, *components) : *found);
    trends_.Absorb(*named);
    return named;
  }
  return observation;
}

void Insights::Describe(MetricWriter& writer) const { DescribeTrend(trends_.Report(), writer); }

}  // namespace airflow_host
