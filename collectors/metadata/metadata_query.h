// The one statement that is sent every cadence, put together for what a connection can read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/airflow_thresholds.h"
#include "collectors/metadata/schema_probe.h"

namespace airflow_host {

/// The parts of the statement; the first column of each row names its part.
namespace section {
inline constexpr std::string_view kServer = "server";
inline constexpr std::string_view kDatabase = "database";
inline constexpr std::string_view kLongestTransaction = "longest_transaction";
inline constexpr std::string_view kConnections = "connections";
inline constexpr std::string_view kRevision = "revision";
inline constexpr std::string_view kTaskInstances = "task_instances";
inline constexpr std::string_view kHeartbeatLost = "heartbeat_lost";
inline constexpr std::string_view kPool = "pool";
inline constexpr std::string_view kPoolUse = "pool_use";
inline constexpr std::string_view kDagRuns = "dag_runs";
inline constexpr std::string_view kDags = "dags";
inline constexpr std::string_view kImportErrors = "import_errors";
inline constexpr std::string_view kDagVersions = "dag_versions";
inline constexpr std::string_view kTriggers = "triggers";
inline constexpr std::string_view kHeartbeat = "heartbeat";
inline constexpr std::string_view kAlive = "alive";
inline constexpr std::string_view kTask = "task";
inline constexpr std::string_view kTaskById = "task_by_id";
}  // namespace section

/// The shape of a row: its section, so many texts, and so many numbers.
inline constexpr std::size_t kRowTexts = 9;
inline constexpr std::size_t kRowNumbers = 5;
inline constexpr std::size_t kRowColumns = 1 + kRowTexts + kRowNumbers;

/// How many rows a part may give at most; a part that gives as many was cut off.
inline constexpr int kRowLimit = 2000;

/// The statement and what it leaves out. A plain value.
struct MetadataQuery {
  std::string sql;
  /// Parts that AskForTasks adds where ids are asked for, each up to its "= ANY(".
  std::vector<std::string> by_id;
  /// Task instances are counted; a state without a row has none.
  bool reads_task_instances = false;
  /// Task instances queued for too long are counted; without a row of theirs there is none.
  bool reads_overdue = false;
  /// Lost heartbeats of task instances are counted; without a row of theirs there is none.
  bool reads_lost_heartbeats = false;
  /// One sentence per part that was left out, because a table, a column or a right is missing.
  std::vector<std::string> problems;
};

/// Puts the statement together, for an installation with these thresholds. Every part reads active
/// states by their index or tables that are small by nature; none reads finished task instances,
/// but those asked for by id. Rows: (section, texts, numbers); ParseMetadataRows takes them apart.
/// Any thread.
MetadataQuery BuildMetadataQuery(const SchemaColumns& columns, std::string_view schema,
                                 const Thresholds& thresholds);

}  // namespace airflow_host
