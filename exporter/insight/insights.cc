// Hands each observation to the insights that it concerns.
#include "exporter/insight/insights.h"

#include <utility>

#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/oom/oom_observation.h"
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
    const SteadyTime now = clock_.SteadyNow();
    host_.Absorb(*host, now);
    const std::lock_guard counting(counting_);
    kills_.Absorb(*host, now);
    return observation;  // Without waiting for a fit.
  }
  const std::lock_guard absorbing(absorbing_);
  auto published = Refine(std::move(observation));
  AbsorbForKills(*published, clock_.SteadyNow());
  return published;
}

std::shared_ptr<const Observation> Insights::Refine(
    std::shared_ptr<const Observation> observation) {
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
  if (containers != nullptr) {
    auto named = std::make_shared<ContainerObservation>(
        last_components_ != nullptr ? NameByComponent(*containers, *last_components_)
                                    : *containers);
    container_ledger_.Enter(named->containers, clock_.SteadyNow());
    return named;
  }
  return observation;
}

void Insights::AbsorbForKills(const Observation& observation, SteadyTime now) {
  const std::lock_guard counting(counting_);
  if (const auto* const oom = dynamic_cast<const OomObservation*>(&observation)) {
    kills_.Absorb(*oom, now);
  } else if (const auto* const components =
                 dynamic_cast<const ComponentObservation*>(&observation)) {
    kills_.Absorb(*components, now);
  } else if (const auto* const containers =
                 dynamic_cast<const ContainerObservation*>(&observation)) {
    kills_.Absorb(*containers, now);
  } else if (dynamic_cast<const MetadataObservation*>(&observation) == nullptr) {
    return;  // A metadata observation may have brought the names of tasks.
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
