// Keeps the names of the task instances that were used last.
#include "exporter/insight/task_names.h"

#include <utility>

#include "exporter/insight/forget_oldest.h"

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
  ForgetOldest(known_, kMostNames, [](const Known& known) { return known.last_used; });
}

const TaskIdentity* TaskNames::Find(std::string_view task_instance_id, SteadyTime now) {
  const auto found = known_.find(std::string(task_instance_id));
  if (found == known_.end()) return nullptr;
  found->second.last_used = now;
  return &found->second.task;
}

const TaskIdentity* TaskNames::FindOrAsk(std::string_view task_instance_id, SteadyTime now) {
  const TaskIdentity* const found = Find(task_instance_id, now);
  if (found == nullptr && lookup_) lookup_->Want(task_instance_id, now);
  return found;
}

std::shared_ptr<const ComponentObservation> TaskNames::Name(
    std::shared_ptr<const ComponentObservation> components, SteadyTime now) {
  std::shared_ptr<ComponentObservation> named;
  for (std::size_t at = 0; at < components->processes.size(); ++at) {
    const auto& task = components->processes[at].task;
    if (!task || task->Named() || task->task_instance_id.empty()) continue;
    const TaskIdentity* const known = FindOrAsk(task->task_instance_id, now);
    if (known == nullptr) continue;
    if (!named) named = std::make_shared<ComponentObservation>(*components);
    named->processes[at].task = *known;
  }
  if (named) return named;
  return components;
}

}  // namespace airflow_host
