// Hands each observation to the insights that it concerns.
#include "exporter/insight/insights.h"

#include <utility>

#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/oom/oom_observation.h"
#include "exporter/insight/attribution.h"
#include "exporter/insight/trend_metrics.h"

namespace airflow_host {

Insights::Insights(ComponentTrendSettings trend, const Clock& clock)
    : clock_(clock), stale_after_(4 * trend.cadence), trend_(std::move(trend)) {}

std::shared_ptr<const Observation> Insights::Absorb(
    std::shared_ptr<const Observation> observation) {
  const std::lock_guard absorbing(absorbing_);
  auto published = Refine(std::move(observation));
  AbsorbForKills(*published, clock_.SteadyNow());
  return published;
}

std::shared_ptr<const Observation> Insights::Refine(
    std::shared_ptr<const Observation> observation) {
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
  if (containers != nullptr && last_components_ != nullptr) {
    return std::make_shared<const ContainerObservation>(
        NameByComponent(*containers, *last_components_));
  }
  return observation;
}

void Insights::AbsorbForKills(const Observation& observation, SteadyTime now) {
  if (const auto* const oom = dynamic_cast<const OomObservation*>(&observation)) {
    kills_.Absorb(*oom, now);
  } else if (const auto* const host = dynamic_cast<const HostObservation*>(&observation)) {
    kills_.Absorb(*host, now);
  } else if (const auto* const components =
                 dynamic_cast<const ComponentObservation*>(&observation)) {
    kills_.Absorb(*components, now);
  } else if (const auto* const containers =
                 dynamic_cast<const ContainerObservation*>(&observation)) {
    kills_.Absorb(*containers, now);
  } else if (const auto* const metadata = dynamic_cast<const MetadataObservation*>(&observation)) {
    task_names_.Absorb(*metadata, now);
  } else {
    return;
  }
  kills_.NameTasks(task_names_, now);
  auto report = std::make_shared<const KillReport>(kills_.Report());
  const std::lock_guard reading(reading_);
  kill_report_ = std::move(report);
}

std::shared_ptr<const KillReport> Insights::Kills() const {
  const std::lock_guard reading(reading_);
  return kill_report_;
}

void Insights::Describe(MetricWriter& writer) const {
  const std::lock_guard reading(reading_);
  if (clock_.SteadyNow() - reported_at_ <= stale_after_) DescribeTrend(report_, writer);
}

}  // namespace airflow_host
