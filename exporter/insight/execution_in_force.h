// How Airflow executes tasks at a time: what its configuration says, and what the processes that
// run on this host say beside it. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "collectors/component/component_observation.h"
#include "exporter/insight/execution_settings.h"
#include "exporter/insight/executors.h"

namespace airflow_host {

/// How many tasks one Celery worker runs at once: what the exporter was told; else what all workers
/// on this host run, if they agree; else what the configuration says; else what the processes of
/// Airflow on this host have for configuration; else Airflow's default, where that is known to
/// hold. `components` may be null.
std::optional<std::uint32_t> ConcurrencyInForce(const ExecutionSettings& settings,
                                                const ComponentObservation* components);

/// How many tasks each of `live_workers` Celery workers runs at once at the least, as far as that
/// is certain: what the exporter was told; else the smallest number that a worker on this host has,
/// and, where not all of them are seen here with theirs, that the configuration says. Nothing where
/// it says none then: a default tells nothing of a worker that has an environment of its own.
/// `components` may be null.
std::optional<std::uint32_t> LeastConcurrency(const ExecutionSettings& settings,
                                              const ComponentObservation* components,
                                              std::uint64_t live_workers);

/// The executors that are configured, by `settings` or else by the processes of Airflow on this
/// host, if they agree. `components` may be null.
Executors ExecutorsInForce(const ExecutionSettings& settings,
                           const ComponentObservation* components);

}  // namespace airflow_host
