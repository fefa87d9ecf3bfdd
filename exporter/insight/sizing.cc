// Joins load, workers and memory.
#include "exporter/insight/sizing.h"

#include <algorithm>

#include "exporter/insight/execution_in_force.h"

namespace airflow_host {
namespace {

bool IsCeleryWorker(const ProcessSample& process) {
  return process.component == Component::kCeleryWorker && process.is_main;
}

/// Somebody uses Celery here: its broker answers, or one of its workers runs.
bool SeesCelery(const SizingSources& sources) {
  if (sources.broker != nullptr) return true;
  if (sources.components == nullptr) return false;
  const auto& processes = sources.components->processes;
  return std::any_of(processes.begin(), processes.end(), IsCeleryWorker);
}

void AddWorkersRequired(const ExecutionSettings& settings, const SizingSources& sources,
                        Sizing& sizing) {
  if (sources.metadata == nullptr || !sizing.worker_concurrency) return;
  const Executors executors = ExecutorsInForce(settings, sources.components.get());
  if (executors.known() ? !executors.HasCelery() : !SeesCelery(sources)) return;
  sizing.workers_required =
      WorkersRequired(sources.metadata->task_instances, executors, *sizing.worker_concurrency);
}

}  // namespace

Sizing SizeUp(const ExecutionSettings& settings, const SizingSources& sources,
              const std::optional<TaskCapacity>& capacity) {
  Sizing sizing;
  sizing.worker_concurrency = ConcurrencyInForce(settings, sources.components.get());
  AddWorkersRequired(settings, sources, sizing);
  if (sources.broker != nullptr && sources.broker->workers) {
    const auto& workers = *sources.broker->workers;
    sizing.workers_live = static_cast<std::uint64_t>(
        std::count_if(workers.begin(), workers.end(), [](const auto& one) { return one.live; }));
  }
  if (capacity) {
    sizing.concurrency_recommended = capacity->per_worker;
    sizing.task_headroom = capacity->together - std::min(capacity->running, capacity->together);
  }
  return sizing;
}

}  // namespace airflow_host
