// Writes kills as JSON.
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "collectors/support/text.h"
#include "exporter/web/html.h"
#include "exporter/web/kills_page.h"

namespace airflow_host {
namespace {

using Json = nlohmann::ordered_json;

/// Names of files and cgroups have at most so many bytes.
constexpr std::size_t kLongestText = 4096;

/// Null for the empty text, which stands for "not known" or "none".
Json TextOrNull(std::string_view text) {
  if (text.empty()) return nullptr;
  return Printable(text, kLongestText);
}

template <typename Value>
Json ValueOrNull(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// Seconds since 1970 with milliseconds, which is all that the log's clock is worth.
double Milliseconds(SystemTime time) { return std::round(SecondsSinceEpoch(time) * 1000) / 1000; }

void AddTask(const std::optional<TaskIdentity>& known, Json& object) {
  const TaskIdentity task = known.value_or(TaskIdentity{});
  object["dag_id"] = TextOrNull(task.dag_id);
  object["task_id"] = TextOrNull(task.task_id);
  object["run_id"] = TextOrNull(task.run_id);
  object["map_index"] = ValueOrNull(task.map_index);
  object["try_number"] = ValueOrNull(task.try_number);
  object["task_instance_id"] = TextOrNull(task.task_instance_id);
}

Json ToJson(const AttributedKill& attributed) {
  const OomKill& kill = attributed.kill;
  Json object;
  object["time"] = IsoTime(kill.at);
  object["timestamp_seconds"] = Milliseconds(kill.at);
  object["before_start"] = kill.before_start;
  object["scope"] = kill.scope ? Json(std::string(OomScopeName(*kill.scope))) : Json(nullptr);
  object["component"] = TextOrNull(attributed.component);
  object["container"] = TextOrNull(attributed.container);
  AddTask(attributed.task, object);
  object["pid"] = kill.pid;
  object["comm"] = TextOrNull(kill.comm);
  object["uid"] = ValueOrNull(kill.uid);
  object["oom_score_adj"] = ValueOrNull(kill.oom_score_adj);
  object["cgroup"] = TextOrNull(kill.task_memcg);
  object["limited_cgroup"] = TextOrNull(kill.oom_memcg);
  object["rss_bytes"] = ValueOrNull(kill.ResidentBytes());
  object["anon_rss_bytes"] = ValueOrNull(kill.anon_rss_bytes);
  object["file_rss_bytes"] = ValueOrNull(kill.file_rss_bytes);
  object["shmem_rss_bytes"] = ValueOrNull(kill.shmem_rss_bytes);
  object["total_vm_bytes"] = ValueOrNull(kill.total_vm_bytes);
  object["page_table_bytes"] = ValueOrNull(kill.page_table_bytes);
  object["log_sequence"] = kill.sequence;
  return object;
}

}  // namespace

std::string RenderKillsJson(const KillReport& report) {
  Json page;
  page["log_readable"] = report.known ? Json(report.log_readable) : Json(nullptr);
  page["log_problem"] = TextOrNull(report.log_problem);
  page["log_records_lost"] = report.records_lost;
  page["kills"] = Json::array();
  for (const AttributedKill& kill : report.kills) page["kills"].push_back(ToJson(kill));
  return page.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace airflow_host
