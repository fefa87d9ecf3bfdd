// Judges which tasks are lost.
#include "exporter/insight/reconcile_lost.h"

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

namespace airflow_host {
namespace {

using Ids = std::unordered_set<ReconcileKey>;

std::int64_t Signed(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void Insert(const std::vector<std::string>& ids, Ids& keys) {
  for (const std::string& id : ids) keys.insert(KeyOfId(id));
}

/// The messages that can be no waiting one's, by id, or nothing where ids tell nothing.
std::optional<Ids> UnackedIds(const ReconcilePair& pair) {
  const auto& ids = pair.broker.seen->unacked_message_ids;
  if (!ids || !pair.database.ids_are_message_ids || !pair.database.all_rows_listed) {
    return std::nullopt;
  }
  Ids keys;
  Insert(*ids, keys);
  return keys;
}

/// Task instances that run and were queued in the time of this Redis. The messages of older ones
/// may have gone with the one before, and the unacked ones of now are others'.
std::uint64_t RunningSince(const DatabaseSnapshot& database, std::optional<SystemTime> start) {
  if (!start) return database.running;
  const auto since = [&](const auto& row) { return row.second.queued_at >= start; };
  return static_cast<std::uint64_t>(
      std::count_if(database.running_rows.begin(), database.running_rows.end(), since));
}

/// Unacked messages that may belong to tasks that are queued.
std::uint64_t UnackedOfQueued(const ReconcilePair& pair) {
  const std::uint64_t unacked = pair.broker.seen->unacked_messages.value_or(0);
  if (!pair.database.all_rows_listed) return unacked;
  const std::optional<SystemTime> start = pair.broker.seen->start;
  std::uint64_t accounted = std::min(*pair.broker.active, RunningSince(pair.database, start));
  if (pair.earlier_database != nullptr) {
    accounted = std::min(accounted, RunningSince(*pair.earlier_database, start));
  }
  return unacked - std::min(unacked, accounted);
}

/// The tasks of `queue` that are queued for too long, whose message is in none of `lists` and not
/// unacked; nothing where one of them has no id.
std::optional<std::vector<ReconcileKey>> MissingById(const DatabaseSnapshot& database,
                                                     const std::string& queue,
                                                     const std::vector<std::string>& lists,
                                                     const Ids& unacked) {
  Ids waiting;
  Insert(lists, waiting);
  std::vector<ReconcileKey> missing;
  for (const QueuedRow& row : database.queued) {
    if (row.queue != queue || !row.beyond_grace) continue;
    if (row.message_id.empty()) return std::nullopt;
    const ReconcileKey id = KeyOfId(row.message_id);
    if (!waiting.contains(id) && !unacked.contains(id)) missing.push_back(row.key);
  }
  return missing;
}

std::vector<ReconcileKey> QueuedIn(const DatabaseSnapshot& database, const std::string& queue) {
  std::vector<ReconcileKey> keys;
  for (const QueuedRow& row : database.queued) {
    if (row.queue == queue) keys.push_back(row.key);
  }
  return keys;
}

}  // namespace

std::int64_t LostTaskJudge::CountMissing(const ReconcilePair& pair, const BrokerQueue& queue,
                                         std::uint64_t unacked) const {
  const std::int64_t not_waiting =
      Signed(pair.database.RowsOf(queue.name).queued_beyond_grace) - Signed(*queue.messages);
  const std::int64_t overtaken =
      pair.database.all_rows_listed ? Signed(order_.Overtaken(queue.name, pair.database)) : 0;
  return std::max(not_waiting, overtaken) - Signed(unacked);
}

void LostTaskJudge::Absorb(const ReconcilePair& pair) {
  std::map<std::string, Queue> next;
  if (!pair.broker.seen->unacked_messages || !pair.broker.active) {
    queues_.clear();
    return;
  }
  order_.Learn(pair);
  const auto unacked_ids = UnackedIds(pair);
  const std::uint64_t unacked = UnackedOfQueued(pair);
  for (const BrokerQueue& seen : pair.broker.seen->queues) {
    if (!seen.messages || pair.database.RowsOf(seen.name).queued_unknown > 0) continue;
    std::optional<std::vector<ReconcileKey>> missing;
    if (unacked_ids && seen.message_ids) {
      missing = MissingById(pair.database, seen.name, *seen.message_ids, *unacked_ids);
    }
    Queue queue = std::move(queues_[seen.name]);
    if (queue.by_message_id != missing.has_value()) queue = Queue{};
    queue.by_message_id = missing.has_value();
    if (missing) {
      queue.missing.Add(pair.now, Signed(missing->size()));
      queue.candidates.Update(pair.now, *missing);
    } else if (!pair.database.queues.contains(seen.name) && !pair.database.all_queues_named) {
      continue;  // Its tasks are counted among those of others.
    } else {
      queue.missing.Add(pair.now, CountMissing(pair, seen, unacked));
      queue.candidates.Update(pair.now, QueuedIn(pair.database, seen.name));
      queue.capped = pair.database.all_rows_listed;
    }
    next[seen.name] = std::move(queue);
  }
  queues_ = std::move(next);
}

std::vector<LostTasks> LostTaskJudge::Report() const {
  std::vector<LostTasks> report;
  for (const auto& [name, queue] : queues_) {
    const std::optional<std::uint64_t> least = queue.missing.Value();
    if (!least) continue;
    const std::uint64_t lasting = queue.candidates.lasting();
    report.push_back(
        {name, queue.by_message_id, queue.capped ? std::min(*least, lasting) : *least});
  }
  return report;
}

}  // namespace airflow_host
