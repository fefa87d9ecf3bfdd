// Takes the rows of task instances apart:
//
//   section | id, dag_id, task_id, run_id, state, queue, hostname, external_executor_id,
//           | executor
//           | map_index, try_number, pid, queued_dttm, start_date
//   task    | 0198c6a2-..., orders, extract, scheduled__2026-..., running, default, worker-0,
//           | 5d2c-..., KubernetesExecutor
//           | -1, 1, 4711, 1700000000.1, 1700000003.5
//
// section is task_by_id for those that were asked for; from task_instance_history they have no more
// than their names.
#include "collectors/metadata/task_rows.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/metadata_row.h"
#include "collectors/metadata/task_lookup.h"

namespace airflow_host {
namespace {

/// These texts are keys that are compared with what processes and messages say, so they are not cut
/// as labels are: the longest column has 1000 characters, of up to 4 bytes each.
constexpr std::size_t kLongestKey = 4000;

std::optional<int> Integer(const MetadataRow& row, std::size_t number) {
  const auto count = row.Count(number);
  if (!count || *count > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*count);
}

TaskRow ReadTask(const MetadataRow& row) {
  TaskRow task;
  task.task_instance_id = row.Text(1, kLongestKey);
  if (!IsTaskInstanceId(task.task_instance_id)) task.task_instance_id.clear();
  task.dag_id = row.Text(2, kLongestKey);
  task.task_id = row.Text(3, kLongestKey);
  task.run_id = row.Text(4, kLongestKey);
  task.state = row.Text(5);
  task.queue = row.Text(6, kLongestKey);
  task.hostname = row.Text(7, kLongestKey);
  task.external_executor_id = row.Text(8, kLongestKey);
  task.executor = row.Text(9, kLongestKey);
  task.map_index = Integer(row, 1);  // -1 where it is not mapped.
  task.try_number = Integer(row, 2);
  task.pid = Integer(row, 3);
  task.queued_at = row.Time(4);
  task.started_at = row.Time(5);
  return task;
}

/// Running ones first, then the one that has been in its state for longest; a time that is not
/// known comes last.
auto Rank(const TaskRow& task) {
  const bool running = task.state == "running";
  return std::tuple(!running,
                    (running ? task.started_at : task.queued_at).value_or(SystemTime::max()));
}

}  // namespace

std::vector<TaskRow> ReadTasks(std::span<const DatabaseRow> rows) {
  std::vector<TaskRow> tasks;
  std::vector<TaskRow> by_id;
  for (const DatabaseRow& columns : rows) {
    const MetadataRow row(columns);
    const bool asked = row.Is(section::kTaskById);
    if (!asked && !row.Is(section::kTask)) continue;
    TaskRow task = ReadTask(row);
    if (task.dag_id.empty() || task.task_id.empty()) continue;
    if (asked && task.task_instance_id.empty()) continue;
    (asked ? by_id : tasks).push_back(std::move(task));
  }
  // The parts of a UNION ALL come in any order.
  std::stable_sort(tasks.begin(), tasks.end(), [](const TaskRow& one, const TaskRow& other) {
    return Rank(one) < Rank(other);
  });
  if (tasks.size() > MetadataObservation::kMostTasks) tasks.resize(MetadataObservation::kMostTasks);
  std::unordered_set<std::string> ids;
  for (const TaskRow& task : tasks) ids.insert(task.task_instance_id);
  for (TaskRow& task : by_id) {
    if (ids.insert(task.task_instance_id).second) tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace airflow_host
