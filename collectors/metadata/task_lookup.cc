// Keeps the ids that are wanted, and how often each was asked for.
#include "collectors/metadata/task_lookup.h"

#include <algorithm>
#include <tuple>

namespace airflow_host {

bool IsTaskInstanceId(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(),
                    [](char byte, char shape) {
                      if (shape == '-') return byte == '-';
                      return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
                    });
}

void TaskLookup::Want(std::string_view id, SteadyTime now) {
  if (!IsTaskInstanceId(id)) return;
  const std::lock_guard lock(mutex_);
  const auto known = wanted_.find(id);
  if (known != wanted_.end()) {
    known->second.last = now;
    return;
  }
  if (wanted_.size() >= kMostIds) {
    wanted_.erase(std::min_element(
        wanted_.begin(), wanted_.end(),
        [](const auto& one, const auto& other) { return one.second.last < other.second.last; }));
  }
  wanted_.emplace(id, Wanted{.last = now});
}

std::vector<std::string> TaskLookup::Take(std::size_t most, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(wanted_, [&](const auto& entry) { return now - entry.second.last > kPatience; });
  std::vector<const decltype(wanted_)::value_type*> due;
  for (const auto& entry : wanted_) {
    if (entry.second.not_before <= now) due.push_back(&entry);
  }
  std::stable_sort(due.begin(), due.end(), [](const auto* one, const auto* other) {
    return std::tuple(one->second.times, other->second.last) <
           std::tuple(other->second.times, one->second.last);
  });
  std::vector<std::string> ids;
  for (std::size_t at = 0; at < std::min(most, due.size()); ++at) ids.push_back(due[at]->first);
  return ids;
}

void TaskLookup::Answered(std::span<const std::string> asked, std::span<const TaskRow> found,
                          SteadyTime now) {
  const std::lock_guard lock(mutex_);
  for (const TaskRow& row : found) wanted_.erase(row.task_instance_id);
  for (const std::string& id : asked) {
    const auto known = wanted_.find(id);
    if (known == wanted_.end() || ++known->second.times < kMostTimes) continue;
    known->second.times = 0;
    known->second.not_before = now + kPatience;
  }
}

}  // namespace airflow_host
