// Asks for task instances one by one: those that are queued or running, by ti_state(state), and
// those whose ids are asked for, by the primary key.
//
// In Airflow 3 a row's id is that of its current try: when a try has failed and another is to come,
// its row moves to task_instance_history under its id, and task_instance gets a new one
// (airflow/models/taskinstance.py, prepare_db_for_next_try, and taskinstancehistory.py).
#include "collectors/metadata/task_query.h"

#include "collectors/metadata/metadata_observation.h"
#include "collectors/metadata/task_lookup.h"

namespace airflow_host {
namespace {

constexpr const char* kTable = "task_instance";
constexpr const char* kHistory = "task_instance_history";

}  // namespace

void AddTasks(QueryParts& parts) {
  constexpr const char* kWhat = "queued and running task instances";
  if (!parts.Readable(kWhat, kTable,
                      {"dag_id", "task_id", "run_id", "state", "queue", "hostname",
                       "external_executor_id", "try_number", "pid", "queued_dttm", "start_date"})) {
    return;
  }
  const bool has_id = parts.ReadableIfThere("ids of task instances", kTable, "id");  // Airflow 3.0
  const bool has_map_index =
      parts.ReadableIfThere("mapped task instances", kTable, "map_index");  // Airflow 2.3
  const bool has_executor = parts.Has(kTable, "executor") &&                // Airflow 2.10
                            parts.Readable(kWhat, kTable, {"executor"});
  const std::string map_index = has_map_index ? "map_index" : "NULL";
  const Expressions numbers = {map_index, "try_number", "pid", Epoch("queued_dttm"),
                               Epoch("start_date")};
  const auto texts = [&](const char* state) {
    return Expressions{has_id ? "id" : "NULL",
                       "dag_id",
                       "task_id",
                       "run_id",
                       state,
                       "queue",
                       "hostname",
                       "external_executor_id",
                       has_executor ? "executor" : "NULL"};
  };
  // Sorts what is active only, and keeps no more than the limit while it does so.
  parts.Add(section::kTask, texts("state"), numbers,
            "FROM task_instance WHERE state IN ('running', 'queued')"
            " ORDER BY state DESC, CASE state WHEN 'running' THEN start_date ELSE queued_dttm END" +
                Limit(MetadataObservation::kMostTasks));
  if (!has_id) return;
  parts.AddById(section::kTaskById,
                texts("CASE WHEN state IN ('running', 'queued') THEN state END"), numbers, kTable,
                "id");
  if (parts.Has(kHistory, "task_instance_id") &&
      parts.Readable(
          "task instances that were tried again", kHistory,
          {"task_instance_id", "dag_id", "task_id", "run_id", "map_index", "try_number"})) {
    parts.AddById(section::kTaskById, {"task_instance_id", "dag_id", "task_id", "run_id"},
                  {"map_index", "try_number"}, kHistory, "task_instance_id");
  }
}

std::string AskForTasks(const MetadataQuery& query, std::span<const std::string> ids) {
  std::string list;
  for (const std::string& id : ids) {
    if (!IsTaskInstanceId(id)) continue;
    list.append(list.empty() ? "'{" : ",").append(id);
  }
  std::string sql = query.sql;
  if (list.empty()) return sql;
  list.append("}'::uuid[]))");
  for (const std::string& part : query.by_id) sql.append(part).append(list);
  return sql;
}

}  // namespace airflow_host
