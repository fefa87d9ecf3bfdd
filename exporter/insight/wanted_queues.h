// Which queues the broker should be asked about: those whose tasks are active in the metadata
// database. A task may wait in a queue that no worker and no client has bound, and whose list is
// gone.
#pragma once

#include <string>
#include <vector>

#include "collectors/metadata/metadata_observation.h"
#include "exporter/insight/executors.h"

namespace airflow_host {

/// The queues of the active task instances that Celery's workers execute, each once, in their
/// order. Pure; any thread.
std::vector<std::string> WantedQueues(const MetadataObservation& observation,
                                      const Executors& executors);

}  // namespace airflow_host
