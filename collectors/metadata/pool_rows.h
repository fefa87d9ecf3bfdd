// From the rows of the one statement to the pools.
#pragma once

#include <span>
#include <vector>

#include "collectors/metadata/database_client.h"
#include "collectors/metadata/metadata_observation.h"

namespace airflow_host {

/// The pools among `rows`, each of kRowColumns columns: the first kMostPools in slot_pool's order
/// by name, the rest summed up as the pool "other". Total: rows that make no sense, and slots of a
/// pool that is not there, are left out. Any thread.
std::vector<PoolSlots> ReadPools(std::span<const DatabaseRow> rows);

}  // namespace airflow_host
