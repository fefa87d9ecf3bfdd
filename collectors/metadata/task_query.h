// The parts of the statement that give task instances one by one.
#pragma once

#include <span>
#include <string>

#include "collectors/metadata/query_parts.h"

namespace airflow_host {

/// Adds the part that gives the task instances that are queued or running, and, from Airflow 3 on,
/// those that are sent when ids are asked for.
void AddTasks(QueryParts& parts);

/// `query`'s statement, and `ids` asked for in it (from Airflow 3 on; before, task instances have
/// no id). What is no IsTaskInstanceId is left out, so nothing else ever gets into the SQL. Any
/// thread.
std::string AskForTasks(const MetadataQuery& query, std::span<const std::string> ids);

}  // namespace airflow_host
