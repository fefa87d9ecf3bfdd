// Feeds any bytes to every parser of collectors/component.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collectors/component/classify.h"
#include "collectors/component/neighbour_groups.h"
#include "collectors/component/process_cgroup.h"
#include "collectors/component/process_limits.h"
#include "collectors/component/process_status.h"
#include "collectors/component/smaps_rollup.h"
#include "collectors/component/task_command.h"
#include "collectors/component/task_title.h"
#include "collectors/component/task_workload.h"
#include "collectors/component/worker_concurrency.h"

namespace airflow_host {
namespace {

/// Names are fit for labels, and merging a task with itself changes nothing.
void CheckTask(std::string_view cmdline) {
  const auto task = ParseTaskTitle(cmdline);
  if (!task) return;
  if (!task->Named() && task->task_instance_id.empty()) std::abort();
  if (MergeTasks(*task, *task) != *task) std::abort();
  for (const std::string* name : {&task->dag_id, &task->task_id, &task->run_id}) {
    if (name->find('\0') != std::string::npos || name->size() > 1000) std::abort();
  }
}

void FeedFiles(std::string_view text) {
  ParseProcessStatus(text);
  ParseMemoryCgroup(text);
  ParseSmapsRollup(text);
  ParseOpenFilesLimit(text);
}

void FeedTitles(std::string_view text) {
  CheckTask(text);
  for (const char* begin :
       {"airflow task runner: ", "airflow task supervisor: [",
        "airflow edge supervisor: dag_id=", "airflow worker -- ", "execute_workload {\"ti\":{"}) {
    CheckTask(std::string(begin).append(text));
  }
  ParsePythonList(text);
  TaskOfCommand(SplitCommand(text));
  TaskOfWorkload(text);
  ParseWorkerConcurrency(text);
}

/// The first byte parts the pattern from the text.
void FeedPatterns(std::string_view text) {
  const std::size_t length = static_cast<unsigned char>(text.front()) % text.size();
  const std::string_view pattern = text.substr(1, length);
  const std::string_view subject = text.substr(length);
  MatchesPattern(pattern, subject);
  const auto groups = ParseNeighbourGroups({std::string(pattern), "a=*b?"});
  if (groups) FindNeighbour(*groups, subject, pattern);
}

/// The first byte chooses the parent, the next bytes are the name, the rest the command line.
void FeedClassifier(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const Component component = ComponentAt(first % kComponentLimit);
  const auto role = static_cast<Role>(first / 16 % 3);
  Classify(text.substr(16), text.substr(1, 15), Classification{component, role});
  Classify(text.substr(1), "java", {});
}

}  // namespace
}  // namespace airflow_host

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  airflow_host::FeedFiles(text);
  airflow_host::FeedTitles(text);
  if (!text.empty()) airflow_host::FeedPatterns(text);
  if (text.size() >= 16) airflow_host::FeedClassifier(text);
  return 0;
}
