// How Airflow is set up to execute tasks, as far as its own configuration tells the exporter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace airflow_host {

/// A plain value.
struct ExecutionSettings {
  /// `[core] executor` as it is written ("CeleryExecutor", "CeleryExecutor,KubernetesExecutor",
  /// "team:module.Class"); empty where it is not known.
  std::string executor;
  /// Tasks that one Celery worker runs at once: `[celery] worker_autoscale`'s upper bound, else
  /// `worker_concurrency`; absent where neither is known.
  std::optional<std::uint32_t> worker_concurrency;
};

}  // namespace airflow_host
