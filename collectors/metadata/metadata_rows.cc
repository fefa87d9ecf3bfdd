// Takes the rows of the one statement apart; NULL where a column has no meaning:
//
//   section        | text1        | text2   | number1      | number2      | number3      | 4 | 5
//   server         |              |         | 1700000000.1 | 100          | 1700000700.4 |   |
//   revision       | cc92b33c6709 |         |              |              |              |   |
//   task_instances | queued       | default | 3            | 1700000500.2 | 1            | 0 | 2
//   heartbeat      | SchedulerJob | host-1  | 1700000600.3 |              |              |   |
//   alive          | SchedulerJob |         | 1            | 2            |              |   |
//
// What each number means is said beside the part that gives it, in metadata_query.cc. Those of
// task instances one by one and of pools: task_rows.cc, pool_rows.cc.
#include "collectors/metadata/metadata_rows.h"

#include <algorithm>
#include <array>

#include "collectors/metadata/airflow_version.h"
#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/metadata_row.h"
#include "collectors/metadata/pool_rows.h"
#include "collectors/metadata/task_rows.h"

namespace airflow_host {
namespace {

/// Applications of pg_stat_activity that are told apart.
constexpr std::size_t kApplicationLimit = 20;

std::string ComponentOfJobType(std::string_view type) {
  if (type == "SchedulerJob") return "scheduler";
  if (type == "TriggererJob") return "triggerer";
  if (type == "DagProcessorJob") return "dag_processor";
  return {};
}

/// A sum is known as soon as one part of it is.
void AddTo(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& part) {
  if (part) sum = MetadataRow::Sum(sum.value_or(0), *part);
}

void ReadTaskInstances(const MetadataRow& row, MetadataRows& result) {
  const auto count = row.Count(1);
  if (!count) return;
  TaskInstanceGroup group{row.Text(1), row.Text(2), row.Text(3),
                          *count,      row.Time(2), row.Count(5).value_or(0),
                          row.Count(4)};
  result.groups.push_back(std::move(group));
  AddTo(result.observation.task_instances_overdue, row.Count(3));
  AddTo(result.observation.task_instances_heartbeat_lost, row.Count(4));
}

void ReadHeartbeat(const MetadataRow& row, std::vector<ComponentHeartbeat>& heartbeats) {
  const auto at = row.Time(1);
  if (!at) return;
  ComponentHeartbeat heartbeat{ComponentOfJobType(row.Text(1)), row.Text(2), *at};
  if (heartbeat.component.empty()) return;
  const bool known =
      std::any_of(heartbeats.begin(), heartbeats.end(), [&](const ComponentHeartbeat& other) {
        return other.component == heartbeat.component && other.hostname == heartbeat.hostname;
      });
  if (!known) heartbeats.push_back(std::move(heartbeat));
}

void ReadAlive(const MetadataRow& row, const std::optional<AirflowVersion>& version,
               std::vector<ComponentsAlive>& alive) {
  const std::string component = ComponentOfJobType(row.Text(1));
  if (component.empty()) return;
  const auto count = row.Count(1);
  if (!count) return;
  // Before Airflow 3 the scheduler parses DAGs itself unless told otherwise: none is then no fault.
  const bool standalone = version && version->AtLeast(3, 0);
  if (component == "dag_processor" && !standalone && row.Count(2).value_or(0) == 0) return;
  alive.push_back({component, *count});
}

/// Rows of one application stand side by side, so that applications are counted by their changes.
std::size_t Applications(const std::vector<ConnectionCount>& connections) {
  std::size_t applications = 0;
  for (std::size_t at = 0; at < connections.size(); ++at) {
    const bool same = at > 0 && connections[at].application == connections[at - 1].application;
    if (!same) ++applications;
  }
  return applications;
}

void AddConnections(std::string application, const std::string& state, std::uint64_t count,
                    std::vector<ConnectionCount>& connections) {
  const auto of = [&](const ConnectionCount& other) { return other.application == application; };
  if (std::none_of(connections.begin(), connections.end(), of) &&
      Applications(connections) >= kApplicationLimit) {
    application = "other";
  }
  const auto same =
      std::find_if(connections.begin(), connections.end(),
                   [&](const ConnectionCount& other) { return of(other) && other.state == state; });
  if (same != connections.end()) {
    same->count = MetadataRow::Sum(same->count, count);
    return;
  }
  const auto last = std::find_if(connections.rbegin(), connections.rend(), of);
  connections.insert(last == connections.rend() ? connections.end() : last.base(),
                     {std::move(application), state, count});
}

void ReadConnections(const MetadataRow& row, std::vector<ConnectionCount>& connections) {
  const auto count = row.Count(1);
  if (count) AddConnections(row.Text(1), row.Text(2), *count, connections);
}

void ReadDagRuns(const MetadataRow& row, MetadataObservation& observation) {
  const auto count = row.Count(1);
  const std::string state = row.Text(1);
  if (!count || (state != "queued" && state != "running")) return;
  const bool known = std::any_of(observation.dag_runs.begin(), observation.dag_runs.end(),
                                 [&](const DagRunCount& other) { return other.state == state; });
  if (known) return;
  observation.dag_runs.push_back({state, *count});
  if (state == "queued") observation.oldest_queued_dag_run = row.Time(2);
}

void ReadServer(const MetadataRow& row, MetadataObservation& observation) {
  if (row.Is(section::kServer)) {
    observation.server_start = row.Time(1);
    observation.connections_max = row.Count(2);
    observation.database_time = row.Time(3);
  } else if (row.Is(section::kDatabase)) {
    observation.deadlocks = row.Count(1);
    observation.database_size_bytes = row.Count(2);
  } else if (row.Is(section::kLongestTransaction)) {
    observation.longest_transaction = row.Time(1);
  } else if (row.Is(section::kConnections)) {
    ReadConnections(row, observation.connections);
  }
}

void ReadCounts(const MetadataRow& row, MetadataObservation& observation) {
  if (row.Is(section::kHeartbeatLost)) {
    observation.task_instances_heartbeat_lost = row.Count(1);
  } else if (row.Is(section::kImportErrors)) {
    observation.import_errors = row.Count(1);
  } else if (row.Is(section::kDagVersions)) {
    observation.dag_versions = row.Count(1);
  } else if (row.Is(section::kTriggers)) {
    observation.triggers = row.Count(1);
  } else if (row.Is(section::kDags)) {
    observation.dags_active = row.Count(1);
    observation.dags_paused = row.Count(2);
  }
}

/// The version decides how other rows are read, so its row is looked for first.
std::optional<AirflowVersion> ReadVersion(std::span<const DatabaseRow> rows,
                                          const SchemaColumns& columns,
                                          MetadataObservation& observation) {
  for (const DatabaseRow& row : rows) {
    if (!MetadataRow(row).Is(section::kRevision)) continue;
    observation.revision = MetadataRow(row).Text(1);
    break;
  }
  auto version = VersionOf(observation.revision, columns);
  if (version) observation.airflow_version = version->range;
  return version;
}

}  // namespace

Expected<MetadataRows> ParseMetadataRows(std::span<const DatabaseRow> rows,
                                         const SchemaColumns& columns) {
  bool answered = false;
  for (const DatabaseRow& row : rows) {
    if (row.size() != kRowColumns) {
      return Fail(ErrorKind::kMalformed,
                  "the metadata database answered with rows of another shape than was asked for");
    }
    answered = answered || MetadataRow(row).Is(section::kServer);
  }
  if (!answered) {
    return Fail(ErrorKind::kMalformed, "the metadata database's answer lacks the server's row");
  }
  MetadataRows result;
  MetadataObservation& observation = result.observation;
  const std::optional<AirflowVersion> version = ReadVersion(rows, columns, observation);
  for (const DatabaseRow& raw : rows) {
    const MetadataRow row(raw);
    ReadServer(row, observation);
    ReadCounts(row, observation);
    if (row.Is(section::kTaskInstances)) ReadTaskInstances(row, result);
    if (row.Is(section::kDagRuns)) ReadDagRuns(row, observation);
    if (row.Is(section::kHeartbeat)) ReadHeartbeat(row, observation.heartbeats);
    if (row.Is(section::kAlive)) ReadAlive(row, version, observation.alive);
  }
  observation.pools = ReadPools(rows);
  observation.tasks = ReadTasks(rows);
  return result;
}

}  // namespace airflow_host
