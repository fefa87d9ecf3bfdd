// How Airflow is set up to execute tasks, as far as its own configuration tells the exporter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace airflow_host {

/// A plain value.
struct ExecutionSettings {
  /// The queue of CeleryKubernetesExecutor whose tasks Kubernetes runs, by Airflow's default.
  static constexpr const char* kDefaultKubernetesQueue = "kubernetes";

  /// `[core] executor` as it is written ("CeleryExecutor", "CeleryExecutor,KubernetesExecutor",
  /// "team:module.Class"); empty where it is not known.
  std::string executor;
  /// Tasks that one Celery worker runs at once: `[celery] worker_autoscale`'s upper bound, else
  /// `worker_concurrency`, else Airflow's default where its airflow.cfg was read and has neither;
  /// absent where nothing of this is known.
  std::optional<std::uint32_t> worker_concurrency = std::nullopt;
  /// A setting of the exporter's own gave it: then nothing that is seen of workers outweighs it.
  bool worker_concurrency_told = false;
  /// Nothing gave it, it is Airflow's default: a worker's own environment may say another.
  bool worker_concurrency_is_default = false;
  /// `[celery_kubernetes_executor] kubernetes_queue`.
  std::string kubernetes_queue = kDefaultKubernetesQueue;
};

}  // namespace airflow_host
