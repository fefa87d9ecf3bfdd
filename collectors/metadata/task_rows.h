// From the rows of the one statement to the task instances that it gives one by one.
#pragma once

#include <span>
#include <vector>

#include "collectors/metadata/database_client.h"
#include "collectors/metadata/metadata_observation.h"

namespace airflow_host {

/// The task instances among `rows`, each of kRowColumns columns, as MetadataObservation::tasks
/// holds them: each id once. Total: rows without a dag or a task, or asked for by an id that they
/// lack, are left out. Any thread.
std::vector<TaskRow> ReadTasks(std::span<const DatabaseRow> rows);

}  // namespace airflow_host
