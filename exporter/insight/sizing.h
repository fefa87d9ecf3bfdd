// How many workers the load needs, how many there are, and how many tasks at once the memory of
// this host bears.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/component/component_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "exporter/insight/execution_settings.h"
#include "exporter/insight/task_capacity.h"
#include "exporter/insight/workers_required.h"

namespace airflow_host {

/// The observations that sizing joins; null where there is no fresh one.
struct SizingSources {
  std::shared_ptr<const ComponentObservation> components;
  std::shared_ptr<const MetadataObservation> metadata;
  std::shared_ptr<const BrokerObservation> broker;
};

/// What DescribeSizing shows. What is not known is empty. A plain value.
struct Sizing {
  /// Tasks that one Celery worker runs at once; what the required workers were reckoned with.
  std::optional<std::uint32_t> worker_concurrency;
  std::vector<QueueWorkers> workers_required;
  std::optional<std::uint64_t> workers_live;
  /// For each worker on this host; 0 where not even one task fits.
  std::optional<std::uint64_t> concurrency_recommended;
  /// Tasks besides those that run.
  std::optional<std::uint64_t> task_headroom;
};

/// Sizes up. `capacity`: what the memory of this host bears, where that is known. Pure; any thread.
Sizing SizeUp(const ExecutionSettings& settings, const SizingSources& sources,
              const std::optional<TaskCapacity>& capacity);

}  // namespace airflow_host
