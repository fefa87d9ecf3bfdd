// What the title of a process makes of it.
#include "collectors/component/known_process.h"

#include <functional>
#include <utility>

#include "collectors/component/task_title.h"
#include "collectors/component/worker_concurrency.h"

namespace airflow_host {
namespace {

/// Never 0, which stands for a title that was not read yet.
std::uint64_t HashOf(std::string_view cmdline, std::string_view comm) {
  const std::hash<std::string_view> hash;
  return (hash(cmdline) * 31 + hash(comm)) | 1U;
}

bool MayNameATask(TitleKind title) {
  return title == TitleKind::kTask || title == TitleKind::kSupervisor ||
         title == TitleKind::kLocalExecutorWorker;
}

}  // namespace

void TakeTitle(std::string_view cmdline, std::string_view comm,
               const std::vector<NeighbourGroup>& groups, KnownProcess& process) {
  const std::uint64_t hash = HashOf(cmdline, comm);
  if (hash == process.title_hash) return;
  process.title_hash = hash;
  process.title = ReadTitle(cmdline, comm);
  process.group.reset();
  process.own_task.reset();
  process.concurrency = 0;
  if (MayBeNamedGroup(process.title)) {
    process.group = FindNeighbour(groups, cmdline, comm);
    if (process.group) process.title = TitleKind::kNamedGroup;
  }
  if (MayNameATask(process.title)) {
    if (auto task = ParseTaskTitle(cmdline)) {
      process.own_task = std::make_shared<const TaskIdentity>(*std::move(task));
    }
  }
  if (process.title == TitleKind::kCeleryWorker) {
    process.concurrency = ParseWorkerConcurrency(cmdline).value_or(0);
  }
}

void InheritTask(const KnownProcess* parent, KnownProcess& process) {
  // A pool worker's title may still name a task that has ended; what it forks for it is the task.
  if (process.classification.component != Component::kTask) {
    process.task.reset();
    return;
  }
  const TaskIdentity* const above = parent == nullptr ? nullptr : parent->task.get();
  if (process.own_task == nullptr) {
    // An orphan keeps what it had.
    if (above != nullptr) process.task = parent->task;
    return;
  }
  if (above != nullptr && process.own_task != parent->task) {
    TaskIdentity merged = MergeTasks(*process.own_task, *above);
    if (merged == *above) {
      process.own_task = parent->task;
    } else if (merged != *process.own_task) {
      process.own_task = std::make_shared<const TaskIdentity>(std::move(merged));
    }
  }
  process.task = process.own_task;
}

}  // namespace airflow_host
