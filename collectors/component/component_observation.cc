// What follows from one walk over /proc.
#include "collectors/component/component_observation.h"

namespace airflow_host {

std::optional<std::uint64_t> ComponentObservation::WorkerConcurrency() const {
  std::optional<std::uint64_t> sum;
  for (const ProcessSample& process : processes) {
    if (process.component != Component::kCeleryWorker || !process.is_main) continue;
    std::optional<std::uint64_t> tasks = install.worker_concurrency;
    if (process.worker_concurrency) tasks = *process.worker_concurrency;
    if (!tasks) return std::nullopt;
    sum = sum.value_or(0) + *tasks;
  }
  return sum;
}

}  // namespace airflow_host
