// From the rows of the one statement to an observation.
#pragma once

#include <span>
#include <vector>

#include "collectors/metadata/database_client.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/metadata/schema_probe.h"
#include "collectors/metadata/task_queues.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// What the rows say. A plain value.
struct MetadataRows {
  /// All but the task instances, which TaskQueues bounds and completes, and what the collector
  /// itself measures.
  MetadataObservation observation;
  std::vector<TaskInstanceGroup> groups;
};

/// Takes the rows of BuildMetadataQuery's statement apart; `columns` tells the version of Airflow
/// where its revision is not known. Total: rows of unknown sections and values that are no numbers
/// are left out, texts are made printable and bounded. kMalformed: these are no rows of that
/// statement. Any thread.
Expected<MetadataRows> ParseMetadataRows(std::span<const DatabaseRow> rows,
                                         const SchemaColumns& columns);

}  // namespace airflow_host
