// What follows from one walk over /proc.
#include "collectors/component/component_observation.h"

namespace airflow_host {

std::optional<std::uint64_t> ComponentObservation::WorkerConcurrency() const {
  std::optional<std::uint64_t> sum;
  for (const ProcessSample& process : processes) {
    if (process.component != Component::kCeleryWorker || !process.is_main) continue;
    if (!process.worker_concurrency) return std::nullopt;
    sum = sum.value_or(0) + *process.worker_concurrency;
  }
  return sum;
}

}  // namespace airflow_host
