// The names behind the ids of task instances: a process of Airflow 3 shows the id of its task
// instance alone, and only the metadata database knows which dag and task that is.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "collectors/component/component_observation.h"
#include "collectors/component/task_identity.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/metadata/task_lookup.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Remembers the names of task instances by their ids. Bounded: of more than kMostNames those that
/// were used longest ago are forgotten. Used by one thread at a time.
class TaskNames {
 public:
  static constexpr std::size_t kMostNames = 2000;

  /// `lookup`: where ids that are not known are asked for; null: nowhere.
  explicit TaskNames(std::shared_ptr<TaskLookup> lookup = nullptr) : lookup_(std::move(lookup)) {}

  /// Learns the names in `observation`.
  void Absorb(const MetadataObservation& observation, SteadyTime now);

  /// The task instance with that id; null where its names are not known (yet). Valid until the next
  /// Absorb.
  const TaskIdentity* Find(std::string_view task_instance_id, SteadyTime now);

  /// As Find; where the names are not known, the next statement to the metadata database asks for
  /// them, so that they may be found some seconds later. Call it again as long as they are wanted.
  const TaskIdentity* FindOrAsk(std::string_view task_instance_id, SteadyTime now);

  /// What to publish in place of `components`: the same where there is nothing to fill in, else a
  /// copy whose processes' tasks have their names. Asks for those that are not known.
  std::shared_ptr<const ComponentObservation> Name(
      std::shared_ptr<const ComponentObservation> components, SteadyTime now);

 private:
  struct Known {
    TaskIdentity task;
    SteadyTime last_used{};
  };

  std::shared_ptr<TaskLookup> lookup_;
  std::unordered_map<std::string, Known> known_;
};

}  // namespace airflow_host
