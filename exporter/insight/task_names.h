// The names behind the ids of task instances: a process of Airflow 3 shows the id of its task
// instance alone, and only the metadata database knows which dag and task that is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/component/task_identity.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Remembers the names of task instances by their ids. Bounded: of more than kMostNames the one
/// that was used longest ago is forgotten. Used by one thread at a time.
class TaskNames {
 public:
  static constexpr std::size_t kMostNames = 2000;

  /// Learns the names in `observation`.
  void Absorb(const MetadataObservation& observation, SteadyTime now);

  /// The task instance with that id; null where its names are not known (yet). Valid until the next
  /// Absorb.
  const TaskIdentity* Find(std::string_view task_instance_id, SteadyTime now);

 private:
  struct Known {
    TaskIdentity task;
    SteadyTime last_used{};
  };
  std::unordered_map<std::string, Known> known_;
};

}  // namespace airflow_host
