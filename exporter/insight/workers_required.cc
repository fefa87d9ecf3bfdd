// Counts the task instances that need a Celery worker.
#include "exporter/insight/workers_required.h"

#include <map>

namespace airflow_host {

std::vector<QueueWorkers> WorkersRequired(std::span<const TaskInstanceCount> counts,
                                          const Executors& executors,
                                          std::uint32_t worker_concurrency) {
  std::map<std::string_view, std::uint64_t> tasks;
  bool others_known = true;
  for (const TaskInstanceCount& row : counts) {
    if (row.queue.empty() || executors.GivesToKubernetes(row.queue)) continue;
    std::uint64_t& sum = tasks[row.queue];  // A queue that has run empty needs none: 0.
    if (row.state != "running" && row.state != "queued") continue;
    if (row.OfOthers() && !executors.OnlyCelery()) {
      others_known = others_known && row.count == 0;
    } else if (executors.IsCelerys(row.executor)) {
      sum += row.count;
    }
  }
  if (!others_known) tasks.erase(kOtherQueues);
  std::vector<QueueWorkers> required;
  for (const auto& [queue, count] : tasks) {
    const std::uint64_t whole = count / worker_concurrency;
    required.push_back({std::string(queue), whole + (count % worker_concurrency != 0 ? 1 : 0)});
  }
  return required;
}

}  // namespace airflow_host
