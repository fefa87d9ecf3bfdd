// From counts by queue to names of queues.
#include "exporter/insight/wanted_queues.h"

#include <algorithm>

namespace airflow_host {

std::vector<std::string> WantedQueues(const MetadataObservation& observation,
                                      const Executors& executors) {
  std::vector<std::string> queues;
  for (const TaskInstanceCount& one : observation.task_instances) {
    if (one.queue.empty() || one.queue == kOtherQueues) continue;
    if (executors.GivesToKubernetes(one.queue) || !executors.IsCelerys(one.executor)) continue;
    if (std::find(queues.begin(), queues.end(), one.queue) != queues.end()) continue;
    queues.push_back(one.queue);
  }
  return queues;
}

}  // namespace airflow_host
