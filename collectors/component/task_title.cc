// Reads which task a process works on. Samples of /proc/PID/cmdline (\0 is a NUL):
//   airflow task runner: sales load scheduled__2026-11-21T00:00:00+00:00 4711
//   airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', 'manual__1', '--local']
//   airflow worker -- LocalExecutor: ['airflow', 'tasks', 'run', 'sales', 'load', 'manual__1']
//   /usr/bin/python3\0/usr/bin/airflow\0tasks\0run\0sales\0load\0manual__1\0--map-index\0003\0
//   airflow edge supervisor: dag_id=sales task_id=load run_id=manual__1 map_index=-1 try_number=2
//   airflow worker -- 0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01
//   airflow worker -- LocalExecutor [team]: 0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01
//   airflow supervisor: 0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01
//   python\0-m\0airflow.sdk.execution_time.execute_workload\0--json-string\0{"token":"...","ti":{...
// From the calls of setproctitle() in task/task_runner/, executors/ and cli/ (releases 2.2 to 2.11)
// and in task-sdk/, executors/ and providers/edge3 (3.0 to 3.3) of
// https://github.com/apache/airflow.
#include "collectors/component/task_title.h"

#include <string>
#include <vector>

#include "collectors/component/task_command.h"
#include "collectors/component/task_workload.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The columns of the database hold 250 characters, of four bytes at most.
constexpr std::size_t kLongestName = 1000;

/// Makes `name` fit for labels and pages, and drops what cannot be a name.
void Clean(std::string& name) {
  name = name.size() > kLongestName ? std::string() : Printable(name, kLongestName);
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The rest of `title` behind `begin`, or nothing.
std::optional<std::string_view> After(std::string_view title, std::string_view begin) {
  if (!title.starts_with(begin)) return std::nullopt;
  return title.substr(begin.size());
}

/// An UUID at the begin of `text`, alone or before a space.
std::optional<TaskIdentity> FromId(std::string_view text) {
  text = Trim(text);
  const std::string id = UuidOf(text.substr(0, text.find(' ')));
  if (id.empty()) return std::nullopt;
  TaskIdentity task;
  task.task_instance_id = id;
  return task;
}

/// "DAG TASK RUN JOB": a run's id may hold spaces. The job's number is the last to be written, so
/// without it what is last may be cut off.
std::optional<TaskIdentity> FromRunner(std::string_view rest) {
  const std::size_t dag_end = rest.find(' ');
  if (dag_end == std::string_view::npos) return std::nullopt;
  TaskIdentity task;
  task.dag_id = rest.substr(0, dag_end);
  rest.remove_prefix(dag_end + 1);
  const std::size_t task_end = rest.find(' ');
  if (task_end == std::string_view::npos) return std::nullopt;
  task.task_id = rest.substr(0, task_end);
  rest.remove_prefix(task_end + 1);
  const std::size_t run_end = rest.rfind(' ');
  if (run_end != std::string_view::npos && IsDigits(rest.substr(run_end + 1))) {
    task.run_id = rest.substr(0, run_end);
  }
  return task;
}

/// Takes "NAME=" and the value up to `end` off `rest`; nothing where either is missing.
std::optional<std::string_view> TakeValue(std::string_view& rest, std::string_view name,
                                          std::string_view end) {
  if (!rest.starts_with(name)) return std::nullopt;
  rest.remove_prefix(name.size());
  const std::size_t length = rest.find(end);
  if (length == std::string_view::npos) return std::nullopt;
  const std::string_view value = rest.substr(0, length);
  rest.remove_prefix(length + 1);  // The space; `end` goes on with the next name.
  return value;
}

std::optional<TaskIdentity> FromEdge(std::string_view rest) {
  TaskIdentity task;
  const auto dag_id = TakeValue(rest, "dag_id=", " task_id=");
  const auto task_id = dag_id ? TakeValue(rest, "task_id=", " run_id=") : std::nullopt;
  if (!task_id) return std::nullopt;
  task.dag_id = *dag_id;
  task.task_id = *task_id;
  const auto run_id = TakeValue(rest, "run_id=", " map_index=");
  if (!run_id) return task;
  task.run_id = *run_id;
  const auto map_index = TakeValue(rest, "map_index=", " try_number=");
  if (!map_index) return task;
  task.map_index = SmallNumberOf(*map_index);
  if (const auto number = After(rest, "try_number=")) {
    task.try_number = SmallNumberOf(number->substr(0, number->find(' ')));
  }
  return task;
}

/// What a worker of an executor shows behind its colon: an id, a command or "<idle>".
std::optional<TaskIdentity> FromExecutor(std::string_view rest) {
  const std::size_t colon = rest.find(": ");
  if (colon == std::string_view::npos) return FromId(rest);  // The task's own process.
  rest = Trim(rest.substr(colon + 2));
  if (rest.starts_with('[')) return TaskOfCommand(ParsePythonList(rest));
  return FromId(rest);
}

std::optional<TaskIdentity> FromTitle(std::string_view title) {
  // An OpenLineage listener's fork: "TITLE - OpenLineage - CALLABLE".
  title = title.substr(0, title.find(" - OpenLineage - "));
  if (const auto rest = After(title, "airflow task runner: ")) return FromRunner(*rest);
  if (const auto rest = After(title, "airflow task supervisor: ")) {
    return TaskOfCommand(ParsePythonList(*rest));
  }
  if (const auto rest = After(title, "airflow edge supervisor: ")) return FromEdge(*rest);
  if (const auto rest = After(title, "airflow supervisor: ")) return FromId(*rest);
  if (const auto rest = After(title, "airflow worker -- ")) return FromExecutor(*rest);
  return std::nullopt;
}

std::optional<TaskIdentity> FromCmdline(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) {
    if (auto task = FromTitle(text)) return task;
  }
  // Its arguments hold the task's token: nothing but the workload's "ti" is looked at.
  if (text.find("execute_workload") != std::string_view::npos) return TaskOfWorkload(text);
  return TaskOfCommand(SplitCommand(text));
}

}  // namespace

std::optional<TaskIdentity> ParseTaskTitle(std::string_view cmdline) {
  constexpr std::string_view kPadding("\0 \n", 3);
  const std::size_t last = cmdline.find_last_not_of(kPadding);
  if (last == std::string_view::npos) return std::nullopt;
  auto task = FromCmdline(cmdline.substr(0, last + 1));
  if (!task) return std::nullopt;
  Clean(task->dag_id);
  Clean(task->task_id);
  Clean(task->run_id);
  if (!task->Named() && task->task_instance_id.empty()) return std::nullopt;
  return task;
}

TaskIdentity MergeTasks(const TaskIdentity& child, const TaskIdentity& parent) {
  // A command that a task runs by hand: its id is another's, or it has none.
  if (child.Named() && !parent.Named()) return child;
  const bool same_id = child.task_instance_id.empty() || parent.task_instance_id.empty() ||
                       child.task_instance_id == parent.task_instance_id;
  const bool same_names =
      !child.Named() || !parent.Named() ||
      (child.dag_id == parent.dag_id && child.task_id == parent.task_id &&
       (child.run_id.empty() || parent.run_id.empty() || child.run_id == parent.run_id));
  const bool same_index =
      !child.map_index || !parent.map_index || child.map_index == parent.map_index;
  if (!same_id || !same_names || !same_index) return child;
  TaskIdentity merged = child;
  const auto fill = [](std::string& known, const std::string& more) {
    if (known.empty()) known = more;
  };
  fill(merged.task_instance_id, parent.task_instance_id);
  fill(merged.dag_id, parent.dag_id);
  fill(merged.task_id, parent.task_id);
  fill(merged.run_id, parent.run_id);
  if (!merged.map_index) merged.map_index = parent.map_index;
  if (!merged.try_number) merged.try_number = parent.try_number;
  return merged;
}

}  // namespace airflow_host
