// Where on this host tasks run, and what each place has: the host itself, and the containers with a
// limit around its workers.
#pragma once

#include <cstdint>
#include <vector>

#include "collectors/component/component_observation.h"
#include "collectors/container/container_observation.h"
#include "exporter/insight/task_room.h"

namespace airflow_host {

/// A container with a limit in which workers run.
struct WorkerContainer {
  TaskPlace place;
  std::uint64_t workers = 0;  ///< At least 1.
};

/// A plain value.
struct TaskPlaces {
  TaskPlace host;
  /// Main processes of Celery workers; else 1 where a LocalExecutor's workers run, or 0.
  std::uint64_t workers = 0;
  std::vector<WorkerContainer> containers;  ///< Those with a limit around a worker.
  std::uint64_t unlimited_workers = 0;      ///< In no such container.
  double pool_worker_bytes = 0;             ///< Of the largest; 0 where that is not known.
};

/// Puts the places together. `available_bytes` is the host's MemAvailable. `containers` may be
/// null: then only the host is a place. Pool workers count by their private memory; where that may
/// not be read they are left as they are, neither charged nor given back. Pure; any thread.
TaskPlaces FindTaskPlaces(std::uint64_t available_bytes, const ComponentObservation& components,
                          const ContainerObservation* containers);

}  // namespace airflow_host
