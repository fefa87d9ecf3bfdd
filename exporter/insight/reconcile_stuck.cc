// Finds the queues that nobody takes from.
#include "exporter/insight/reconcile_stuck.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace airflow_host {
namespace {

/// What was queued before that is listed in `database` if it is queued still. The list has the
/// oldest ones; where it is not whole, one that is no older than all of them may have been left
/// out.
bool IsListed(const QueuedRow& row, const DatabaseSnapshot& database,
              const std::optional<SystemTime>& youngest) {
  return database.all_rows_listed || (row.queued_at && youngest && *row.queued_at < *youngest);
}

std::optional<SystemTime> YoungestListed(const DatabaseSnapshot& database) {
  std::optional<SystemTime> youngest;
  for (const QueuedRow& row : database.queued) {
    if (row.queued_at) youngest = std::max(youngest.value_or(*row.queued_at), *row.queued_at);
  }
  return youngest;
}

}  // namespace

StuckQueues::StuckQueues(const ReconcilePair& pair) : pair_(pair) {
  if (pair.earlier_database == nullptr) return;
  const std::optional<SystemTime> youngest = YoungestListed(pair.database);
  std::unordered_set<ReconcileKey> still;
  for (const QueuedRow& row : pair.database.queued) still.insert(row.key);
  for (const QueuedRow& row : pair.earlier_database->queued) {
    if (still.contains(row.key)) {
      rows_[row.queue].stayed = true;
    } else if (IsListed(row, pair.database, youngest)) {
      rows_[row.queue].left = true;
    }
  }
}

bool StuckQueues::GotShorter(const std::string& queue, std::uint64_t messages) const {
  if (pair_.earlier_broker == nullptr) return false;
  const auto before = pair_.earlier_broker->messages.find(queue);
  return before != pair_.earlier_broker->messages.end() && messages < before->second;
}

bool StuckQueues::Contains(const std::string& queue, std::uint64_t messages) const {
  if (messages == 0 || GotShorter(queue, messages)) return false;
  const DatabaseSnapshot* const earlier = pair_.earlier_database;
  if (earlier != nullptr && earlier->RowsOf(queue).running > 0) return false;
  const QueueRows now = pair_.database.RowsOf(queue);
  if (now.running > 0) return false;
  if (now.queued > 0) {
    const auto rows = rows_.find(queue);
    if (rows != rows_.end()) return !rows->second.left;
  }
  if (pair_.earlier_broker == nullptr) return true;
  return StartedBetween(*pair_.earlier_broker, pair_.broker) == 0U;
}

}  // namespace airflow_host
