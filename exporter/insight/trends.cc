// Hands each observation to the trend that it concerns, and keeps what they say.
#include "exporter/insight/trends.h"

#include <utility>

namespace airflow_host {
namespace {

constexpr int kFreshCadences = 4;

}  // namespace

Trends::Trends(const TrendSettings& settings, const Clock& clock)
    : clock_(clock),
      settings_(settings),
      host_(settings.windows, settings.host_cadence),
      containers_(settings.windows, settings.container_cadence),
      components_(settings.windows, settings.component_cadence) {}

MemoryRooms Trends::Rooms() const {
  const std::lock_guard reading(reading_);
  return rooms_;
}

void Trends::Absorb(const HostObservation& observation) {
  const std::lock_guard absorbing(absorbing_host_);
  const TwoTimes now = Now();
  SubjectTrend trend = host_.Absorb(observation, now);
  const std::lock_guard reading(reading_);
  report_.host = std::move(trend);
  host_at_ = now.steady;
  rooms_.host_bytes = host_.room();
  rooms_.host_dropped_bytes =
      static_cast<double>(observation.memory.slab_reclaimable_bytes.value_or(0));
  rooms_.host_swap_bytes.reset();
  if (const auto& free = observation.memory.swap_free_bytes) {
    rooms_.host_swap_bytes = static_cast<double>(*free);
  }
}

void Trends::Absorb(const ContainerObservation& observation) {
  const std::lock_guard absorbing(absorbing_containers_);
  const TwoTimes now = Now();
  auto containers = containers_.Absorb(observation, now, Rooms());
  const std::lock_guard reading(reading_);
  report_.containers = std::move(containers);
  containers_at_ = now.steady;
  rooms_.containers = containers_.rooms();
}

void Trends::Absorb(const ComponentObservation& observation) {
  const std::lock_guard absorbing(absorbing_components_);
  const TwoTimes now = Now();
  auto components = components_.Absorb(observation, now, Rooms());
  const std::lock_guard reading(reading_);
  report_.components = std::move(components);
  components_at_ = now.steady;
}

TrendReport Trends::Report() const {
  const std::lock_guard reading(reading_);
  const SteadyTime now = clock_.SteadyNow();
  TrendReport report = report_;
  if (now - host_at_ > kFreshCadences * settings_.host_cadence) report.host = {};
  if (now - containers_at_ > kFreshCadences * settings_.container_cadence) {
    report.containers.clear();
  }
  if (now - components_at_ > kFreshCadences * settings_.component_cadence) {
    report.components.clear();
  }
  return report;
}

TrendHistory Trends::Save() const {
  TrendHistory history;
  {
    const std::lock_guard absorbing(absorbing_host_);
    history.host = host_.Save();
  }
  {
    const std::lock_guard absorbing(absorbing_containers_);
    history.containers = containers_.Save();
  }
  const std::lock_guard absorbing(absorbing_components_);
  history.processes = components_.Save();
  return history;
}

void Trends::Restore(const TrendHistory& history) {
  const SteadyTime now = clock_.SteadyNow();
  {
    const std::lock_guard absorbing(absorbing_host_);
    host_.Restore(history.host, now);
  }
  {
    const std::lock_guard absorbing(absorbing_containers_);
    containers_.Restore(history.containers, now);
  }
  const std::lock_guard absorbing(absorbing_components_);
  components_.Restore(history.processes, now);
}

}  // namespace airflow_host
