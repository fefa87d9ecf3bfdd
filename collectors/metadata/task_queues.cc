// Bounds and completes the counts of task instances.
#include "collectors/metadata/task_queues.h"

#include <algorithm>
#include <map>
#include <utility>

namespace airflow_host {
namespace {

bool IsOf(const TaskInstanceGroup& group, std::string_view name, std::string_view executor) {
  return group.queue == name && group.executor == executor;
}

/// What is counted of one state, queue and executor.
struct Counted {
  std::uint64_t all = 0;
  std::uint64_t queued_beyond_grace = 0;
  std::optional<std::uint64_t> heartbeat_lost;
};

}  // namespace

std::size_t TaskQueues::PlaceOf(const TaskInstanceGroup& group) const {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Queue& queue) {
    return IsOf(group, queue.name, queue.executor);
  });
  return static_cast<std::size_t>(found - known_.begin());
}

void TaskQueues::Learn(std::span<const TaskInstanceGroup> groups) {
  for (const TaskInstanceGroup& group : groups) {
    if (PlaceOf(group) < known_.size()) continue;
    if (known_.size() < kLimit) {
      known_.push_back({group.queue, group.executor});
      continue;
    }
    const auto unused = std::find_if(known_.begin(), known_.end(), [&](const Queue& queue) {
      return std::none_of(groups.begin(), groups.end(), [&](const TaskInstanceGroup& other) {
        return IsOf(other, queue.name, queue.executor);
      });
    });
    if (unused == known_.end()) {
      other_ = true;
      return;
    }
    *unused = {group.queue, group.executor};
  }
}

std::vector<TaskInstanceCount> TaskQueues::Counts(std::span<const TaskInstanceGroup> groups) const {
  // (queue, executor) to the counts of all states: a queue that is really called "other" and the
  // rest that is called so come together.
  std::map<std::pair<std::string, std::string>, std::array<Counted, kActiveStates.size()>> table;
  for (const Queue& queue : known_) table[{queue.name, queue.executor}] = {};
  if (other_) table[{std::string(kOtherQueues), std::string(kOtherQueues)}] = {};
  if (table.empty()) table[{"", ""}] = {};
  for (const TaskInstanceGroup& group : groups) {
    const auto state = std::find(kActiveStates.begin(), kActiveStates.end(), group.state);
    if (state == kActiveStates.end()) continue;
    const bool known = PlaceOf(group) < known_.size();
    auto& counts = known ? table[{group.queue, group.executor}]
                         : table[{std::string(kOtherQueues), std::string(kOtherQueues)}];
    Counted& counted = counts[static_cast<std::size_t>(state - kActiveStates.begin())];
    counted.all += group.count;
    counted.queued_beyond_grace += group.queued_beyond_grace;
    if (group.heartbeat_lost) {
      counted.heartbeat_lost = counted.heartbeat_lost.value_or(0) + *group.heartbeat_lost;
    }
  }
  std::vector<TaskInstanceCount> result;
  result.reserve(table.size() * kActiveStates.size());
  for (const auto& [queue, counts] : table) {
    for (std::size_t state = 0; state < counts.size(); ++state) {
      result.push_back({std::string(kActiveStates[state]), queue.first, queue.second,
                        counts[state].all, counts[state].queued_beyond_grace,
                        counts[state].heartbeat_lost});
    }
  }
  return result;
}

std::vector<OldestTaskInstance> TaskQueues::Oldest(
    std::span<const TaskInstanceGroup> groups) const {
  std::map<std::pair<std::string, std::string>, SystemTime> table;
  for (const TaskInstanceGroup& group : groups) {
    if (!group.since) continue;
    const bool known = PlaceOf(group) < known_.size();
    const auto [place, added] = table.try_emplace(
        {group.state, known ? group.queue : std::string(kOtherQueues)}, *group.since);
    if (!added) place->second = std::min(place->second, *group.since);
  }
  std::vector<OldestTaskInstance> result;
  result.reserve(table.size());
  for (const auto& [key, since] : table) result.push_back({key.first, key.second, since});
  return result;
}

}  // namespace airflow_host
