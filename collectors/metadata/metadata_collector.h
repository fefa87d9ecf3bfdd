// Reads Airflow's metadata database.
#pragma once

#include <memory>
#include <string>

#include "collectors/collector.h"
#include "collectors/metadata/airflow_thresholds.h"
#include "collectors/metadata/task_lookup.h"
#include "collectors/support/clock.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Which database is read.
struct MetadataSettings {
  /// `[database] sql_alchemy_conn`, secrets included.
  std::string url;
  /// `[database] sql_alchemy_schema`; empty: PostgreSQL's own search path.
  std::string schema;
  /// What Airflow's configuration says of its thresholds.
  ThresholdSettings thresholds = {};
  /// Ids of task instances whose names are wanted; null: none ever are.
  std::shared_ptr<TaskLookup> task_lookup = nullptr;
};

/// Makes the collector, without connecting yet. Its observations are MetadataObservations.
/// kMalformed: the URL or the schema cannot be used; the message says why and holds no secret.
/// `clock` outlives the collector.
///
/// The collector holds one connection. Observe sends one message a time (and two more on a new
/// connection, and each minute while something is missing, to see which tables it may read and
/// which release wrote them), makes at most one attempt to connect, and blocks while the server
/// hangs: its own time limits (2 s a statement, 0.5 s a lock) end what a working server is slow at,
/// Interrupt ends the rest. A server that hangs and comes back in time answers on the same
/// connection.
Expected<std::unique_ptr<Collector>> MakeMetadataCollector(MetadataSettings settings,
                                                           const Clock& clock);

}  // namespace airflow_host
