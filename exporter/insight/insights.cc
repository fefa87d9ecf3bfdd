// Hands each observation to the insights that it concerns.
#include "exporter/insight/insights.h"

#include <utility>

#include "collectors/broker/broker_observation.h"
#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/oom/oom_observation.h"
#include "exporter/insight/attribution.h"
#include "exporter/insight/execution_in_force.h"
#include "exporter/insight/reconcile_metrics.h"
#include "exporter/insight/task_memory_metrics.h"
#include "exporter/insight/trend_metrics.h"
#include "exporter/insight/wanted_queues.h"

namespace airflow_host {
namespace {

/// The observation as a T; null if it is none.
template <typename T>
const T* As(const Observation& observation) {
  return dynamic_cast<const T*>(&observation);
}

}  // namespace

Insights::Insights(InsightSettings settings, const Clock& clock)
    : clock_(clock),
      execution_(std::move(settings.execution)),
      stale_after_(4 * settings.trend.component_cadence),
      containers_stale_after_(4 * settings.trend.container_cadence),
      queue_lookup_(std::move(settings.queue_lookup)),
      host_(settings.trend.host_cadence),
      trends_(settings.trend, clock),
      task_names_(std::move(settings.task_lookup)),
      reconcile_(execution_) {}

std::shared_ptr<const Observation> Insights::Absorb(std::shared_ptr<const Observation> observation,
                                                    SteadyTime began) {
  if (const auto* const host = As<HostObservation>(*observation)) {
    const SteadyTime now = clock_.SteadyNow();
    host_.Absorb(*host, now);
    trends_.Absorb(*host);
    const std::lock_guard counting(counting_);
    kills_.Absorb(*host, now);
    return observation;
  }
  {
    const std::lock_guard absorbing(absorbing_);
    observation = Refine(std::move(observation));
    AbsorbForReconcile(observation, began);
    AbsorbForKills(*observation);
  }
  AbsorbForTrends(*observation);
  return observation;
}

std::shared_ptr<const Observation> Insights::Refine(
    std::shared_ptr<const Observation> observation) {
  if (auto components = std::dynamic_pointer_cast<const ComponentObservation>(observation)) {
    return Refine(std::move(components));
  }
  if (const auto* const containers = As<ContainerObservation>(*observation)) {
    return Refine(*containers);
  }
  if (const auto* const metadata = As<MetadataObservation>(*observation)) {
    const SteadyTime now = clock_.SteadyNow();
    task_names_.Absorb(*metadata, now);
    queue_lookup_->Want(
        WantedQueues(*metadata, ExecutorsInForce(execution_, FreshComponents(now))));
    visibility_timeout_.Learn(*metadata);
  }
  if (auto broker = std::dynamic_pointer_cast<const BrokerObservation>(observation)) {
    return visibility_timeout_.Fill(std::move(broker));
  }
  return observation;
}

std::shared_ptr<const Observation> Insights::Refine(
    std::shared_ptr<const ComponentObservation> components) {
  const SteadyTime now = clock_.SteadyNow();
  visibility_timeout_.Learn(components->install.installs);
  components = task_names_.Name(std::move(components), now);
  last_components_ = components;
  last_components_at_ = now;
  task_memory_.Absorb(*components, task_names_, now);
  TaskMemoryReport report = task_memory_.Report(now);
  if (components->full) AbsorbForSizing(*components, report.largest_bytes, now);
  const std::lock_guard reading(reading_);
  task_report_ = std::move(report);
  task_reported_at_ = now;
  return components;
}

std::shared_ptr<const Observation> Insights::Refine(const ContainerObservation& containers) {
  const SteadyTime now = clock_.SteadyNow();
  // Which processes ran where long ago says nothing of the containers of now.
  const ComponentObservation* const components = FreshComponents(now);
  auto named = std::make_shared<ContainerObservation>(
      components != nullptr ? NameByComponent(containers, *components) : containers);
  container_ledger_.Enter(named->containers, named->late_kills, now);
  last_containers_ = named;
  last_containers_at_ = now;
  return named;
}

const ComponentObservation* Insights::FreshComponents(SteadyTime now) const {
  return now - last_components_at_ <= stale_after_ ? last_components_.get() : nullptr;
}

void Insights::AbsorbForSizing(const ComponentObservation& components,
                               std::optional<std::uint64_t> task_bytes, SteadyTime now) {
  const auto available = host_.Verdict(now).available_bytes;
  // Where the containers were known and are not, their limits are not known either.
  const bool stale = last_containers_ && now - last_containers_at_ > containers_stale_after_;
  if (!available || stale || task_bytes.value_or(0) == 0) return;
  const TaskCapacity capacity =
      CapacityOf(FindTaskPlaces(*available, components, last_containers_.get()), *task_bytes);
  const std::lock_guard reading(reading_);
  capacity_.Add(capacity, now);
}

void Insights::AbsorbForTrends(const Observation& observation) {
  if (const auto* const containers = As<ContainerObservation>(observation)) {
    trends_.Absorb(*containers);
  } else if (const auto* const components = As<ComponentObservation>(observation)) {
    if (components->full) trends_.Absorb(*components);  // A glance has new processes alone.
  }
}

void Insights::AbsorbForReconcile(const std::shared_ptr<const Observation>& observation,
                                  SteadyTime began) {
  const SteadyTime now = clock_.SteadyNow();
  const ObservationSpan span{began, now};
  if (const auto* const metadata = As<MetadataObservation>(*observation)) {
    reconcile_.Absorb(*metadata, span, FreshComponents(now));
  } else if (auto broker = std::dynamic_pointer_cast<const BrokerObservation>(observation)) {
    reconcile_.Absorb(std::move(broker), span);
  } else {
    return;
  }
  DatedReconcileReport report = reconcile_.Report();
  const std::lock_guard reading(reading_);
  reconcile_report_ = std::move(report);
}

void Insights::AbsorbForKills(const Observation& observation) {
  const SteadyTime now = clock_.SteadyNow();
  const std::lock_guard counting(counting_);
  if (const auto* const oom = As<OomObservation>(observation)) {
    kills_.Absorb(*oom, now);
  } else if (const auto* const components = As<ComponentObservation>(observation)) {
    kills_.Absorb(*components, now);
  } else if (const auto* const containers = As<ContainerObservation>(observation)) {
    kills_.Absorb(*containers, now);
  } else if (As<MetadataObservation>(observation) == nullptr) {
    return;  // A metadata observation may have brought the names of tasks.
  }
  kills_.NameTasks(task_names_, now);
  auto report = std::make_shared<const KillReport>(kills_.Report());
  const std::lock_guard reading(reading_);
  kill_report_ = std::move(report);
}

Sizing Insights::Size(const SizingSources& sources) const {
  std::optional<TaskCapacity> capacity;
  {
    const std::lock_guard reading(reading_);
    capacity = capacity_.Usual(clock_.SteadyNow(), stale_after_);
  }
  return SizeUp(execution_, sources, capacity);
}

std::shared_ptr<const KillReport> Insights::Kills() const {
  const std::lock_guard reading(reading_);
  return kill_report_;
}

ReconcileReport Insights::Reconciled() const {
  const SteadyTime now = clock_.SteadyNow();
  const std::lock_guard reading(reading_);
  return reconcile_report_.FreshAt(now);
}

void Insights::Describe(MetricWriter& writer) const {
  const SteadyTime now = clock_.SteadyNow();
  DescribeHostVerdict(host_.Verdict(now), writer);
  DescribeTrend(trends_.Report(), writer);
  DescribeReconcile(Reconciled(), writer);
  const std::lock_guard reading(reading_);
  if (now - task_reported_at_ <= stale_after_) DescribeTaskMemory(task_report_, writer);
}

}  // namespace airflow_host
