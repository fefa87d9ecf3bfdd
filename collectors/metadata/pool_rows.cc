// Takes the rows of pools apart. Pools and what is taken of them come as rows of their own, in any
// order:
//
//   section  | pool, state           | slots or sum(pool_slots), include_deferred
//   pool     | default_pool          | 128, 0
//   pool_use | default_pool, running | 2
#include "collectors/metadata/pool_rows.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/metadata_row.h"

namespace airflow_host {
namespace {

constexpr const char* kOther = "other";

/// A pool, and whether deferred task instances take slots of it.
struct Pool {
  PoolSlots slots;
  bool counts_deferred = false;
};

/// Pools in the order in which they came, and where each stands by its name.
struct Pools {
  std::vector<Pool> all;
  std::map<std::string, std::size_t, std::less<>> places;
};

void ReadPool(const MetadataRow& row, Pools& pools) {
  const auto slots = row.Number(1);
  Pool pool;
  pool.slots.pool = row.Text(1);
  if (!slots || !pools.places.emplace(pool.slots.pool, pools.all.size()).second) return;
  if (*slots >= 0) pool.slots.total = row.Count(1);
  pool.counts_deferred = row.Number(2).value_or(0) > 0;
  pools.all.push_back(std::move(pool));
}

void ReadPoolUse(const MetadataRow& row, Pools& pools) {
  const auto slots = row.Count(1);
  const auto place = pools.places.find(row.Text(1));
  if (place == pools.places.end() || !slots) return;
  PoolSlots& pool = pools.all[place->second].slots;
  const std::string state = row.Text(2);
  if (state == "running") pool.running = MetadataRow::Sum(pool.running, *slots);
  if (state == "queued") pool.queued = MetadataRow::Sum(pool.queued, *slots);
  if (state == "scheduled") pool.scheduled = MetadataRow::Sum(pool.scheduled, *slots);
  if (state == "deferred") pool.deferred = MetadataRow::Sum(pool.deferred, *slots);
}

/// The slots that are open by Airflow's own rule (slots_stats in airflow/models/pool.py).
void CountOpen(Pool& pool) {
  PoolSlots& slots = pool.slots;
  if (!slots.total) return;
  const std::uint64_t taken =
      slots.running + slots.queued + (pool.counts_deferred ? slots.deferred : 0);
  slots.open = static_cast<std::int64_t>(*slots.total) - static_cast<std::int64_t>(taken);
}

/// One pool without a limit makes a sum without a limit.
void Add(const PoolSlots& part, PoolSlots& sum) {
  sum.running = MetadataRow::Sum(sum.running, part.running);
  sum.queued = MetadataRow::Sum(sum.queued, part.queued);
  sum.scheduled = MetadataRow::Sum(sum.scheduled, part.scheduled);
  sum.deferred = MetadataRow::Sum(sum.deferred, part.deferred);
  const bool limited = sum.total && part.total && sum.open && part.open;
  sum.total = limited ? std::optional(MetadataRow::Sum(*sum.total, *part.total)) : std::nullopt;
  sum.open = limited ? std::optional(*sum.open + *part.open) : std::nullopt;
}

}  // namespace

std::vector<PoolSlots> ReadPools(std::span<const DatabaseRow> rows) {
  Pools pools;
  for (const DatabaseRow& columns : rows) {
    const MetadataRow row(columns);
    if (row.Is(section::kPool)) ReadPool(row, pools);
  }
  for (const DatabaseRow& columns : rows) {
    const MetadataRow row(columns);
    if (row.Is(section::kPoolUse)) ReadPoolUse(row, pools);
  }
  std::vector<PoolSlots> result;
  std::optional<std::size_t> other;
  for (Pool& pool : pools.all) {
    CountOpen(pool);
    const bool rest = result.size() >= MetadataObservation::kMostPools;
    if (rest && other) {
      Add(pool.slots, result[*other]);
      continue;
    }
    // A pool of Airflow's that is called "other" takes in the rest.
    if (rest) pool.slots.pool = kOther;
    if (pool.slots.pool == kOther) other = result.size();
    result.push_back(std::move(pool.slots));
  }
  return result;
}

}  // namespace airflow_host
