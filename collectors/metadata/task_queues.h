// Which queues are reported: a bounded number, each with every state from the time it was first
// seen, so that a queue that runs empty is 0 and not a series that vanishes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/metadata_observation.h"

namespace airflow_host {

/// The states of a task instance that is under way, as airflow/utils/state.py of 2.2 to 3.3 names
/// them: awaiting_input since 3.3, sensing until 2.3, shutdown until 2.7.
inline constexpr std::array<std::string_view, 10> kActiveStates = {
    "scheduled",         "queued",     "running",        "deferred", "up_for_retry",
    "up_for_reschedule", "restarting", "awaiting_input", "sensing",  "shutdown"};

/// The task instances of one state, queue and executor, as the database counted them.
struct TaskInstanceGroup {
  std::string state;
  std::string queue;
  std::string executor;
  std::uint64_t count = 0;
  std::optional<SystemTime> since;        ///< The oldest of them has been in the state since then.
  std::uint64_t queued_beyond_grace = 0;  ///< As in TaskInstanceCount.
  std::optional<std::uint64_t> heartbeat_lost = std::nullopt;  ///< The same.
};

/// Remembers the queues (with their executors) that have been seen. Used by one thread.
class TaskQueues {
 public:
  /// How many queues (with an executor each) are told apart; the rest is counted as
  /// kOtherQueues.
  static constexpr std::size_t kLimit = 50;

  /// Takes note of the queues in `groups`. A queue that is new takes, where the limit is reached,
  /// the place of one that holds nothing any more.
  void Learn(std::span<const TaskInstanceGroup> groups);

  /// A count for every known queue and every active state, zero where there is none. While no queue
  /// has ever been seen: one zero per state, with an empty queue.
  std::vector<TaskInstanceCount> Counts(std::span<const TaskInstanceGroup> groups) const;

  /// The oldest of each state and queue, where `groups` knows one.
  std::vector<OldestTaskInstance> Oldest(std::span<const TaskInstanceGroup> groups) const;

 private:
  struct Queue {
    std::string name;
    std::string executor;
  };

  /// Where the group's queue stands in known_; known_.size() stands for "other".
  std::size_t PlaceOf(const TaskInstanceGroup& group) const;

  std::vector<Queue> known_;
  bool other_ = false;
};

}  // namespace airflow_host
