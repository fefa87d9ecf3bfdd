// Keeps the names of the task instances that were used last.
#include "exporter/insight/task_names.h"

#include <algorithm>

namespace airflow_host {

void TaskNames::Absorb(const MetadataObservation& observation, SteadyTime now) {
  for (const TaskRow& row : observation.tasks) {
    if (row.task_instance_id.empty()) continue;
    known_.insert_or_assign(row.task_instance_id, Known{{.task_instance_id = row.task_instance_id,
                                                         .dag_id = row.dag_id,
                                                         .task_id = row.task_id,
                                                         .run_id = row.run_id,
                                                         .map_index = row.map_index,
                                                         .try_number = row.try_number},
                                                        now});
  }
  while (known_.size() > kMostNames) {
    known_.erase(std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) {
      return a.second.last_used < b.second.last_used;
    }));
  }
}

const TaskIdentity* TaskNames::Find(std::string_view task_instance_id, SteadyTime now) {
  const auto found = known_.find(std::string(task_instance_id));
  if (found == known_.end()) return nullptr;
  found->second.last_used = now;
  return &found->second.task;
}

}  // namespace airflow_host
