// Counts messages that no task instance accounts for.
#include "exporter/insight/reconcile_messages.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace airflow_host {
namespace {

using Ids = std::unordered_map<ReconcileKey, bool>;

/// All messages by id; true: it is unacknowledged. Nothing where some are not known by theirs.
std::optional<Ids> IdsOn(const BrokerSnapshot& broker) {
  if (!broker.seen->unacked_message_ids) return std::nullopt;
  Ids ids;
  for (const BrokerQueue& queue : broker.seen->queues) {
    if (!queue.message_ids) return std::nullopt;
    for (const std::string& id : *queue.message_ids) ids[KeyOfId(id)] = false;
  }
  for (const std::string& id : *broker.seen->unacked_message_ids) ids[KeyOfId(id)] = true;
  return ids;
}

/// Messages in both snapshots of the broker that no task instance is queued or running for.
struct Unaccounted {
  std::vector<ReconcileKey> ids;
  std::int64_t idle = 0;  ///< Without those that workers execute.
};

std::optional<Unaccounted> UnaccountedIds(const BrokerSnapshot& earlier,
                                          const DatabaseSnapshot& between,
                                          const BrokerSnapshot& later) {
  if (!between.ids_are_message_ids || !between.all_rows_listed || between.rows_without_id > 0) {
    return std::nullopt;
  }
  const auto before = IdsOn(earlier);
  const auto after = IdsOn(later);
  if (!before || !after) return std::nullopt;
  Unaccounted unaccounted;
  std::int64_t unacked = 0;
  std::int64_t executing = static_cast<std::int64_t>(*later.active);
  for (const auto& [id, is_unacked] : *after) {
    const auto row = between.message_ids.find(id);
    const bool has_row = row != between.message_ids.end();
    if (is_unacked && has_row && row->second) --executing;
    if (has_row || !before->contains(id)) continue;
    unaccounted.ids.push_back(id);
    if (is_unacked) ++unacked;
  }
  const auto waiting = static_cast<std::int64_t>(unaccounted.ids.size()) - unacked;
  unaccounted.idle =
      waiting + std::max<std::int64_t>(0, unacked - std::max<std::int64_t>(0, executing));
  return unaccounted;
}

/// Messages that wait in a list or with a worker that does not execute them.
std::int64_t Idle(const BrokerSnapshot& broker) {
  const std::uint64_t unacked = *broker.seen->unacked_messages;
  return static_cast<std::int64_t>(broker.waiting + unacked - std::min(unacked, *broker.active));
}

/// Nothing where workers came or went: what they have done is not known.
std::optional<std::int64_t> CountUnaccounted(const BrokerSnapshot& earlier,
                                             const DatabaseSnapshot& between,
                                             const BrokerSnapshot& later) {
  const auto started = StartedBetween(earlier, later);
  if (!started) return std::nullopt;
  const std::int64_t stayed =
      std::min(Idle(earlier) - static_cast<std::int64_t>(*started), Idle(later));
  const std::uint64_t executing = std::min(*earlier.active, *later.active);
  const std::uint64_t running = between.running_anyhow;
  return stayed -
         static_cast<std::int64_t>(between.queued_anyhow + running - std::min(running, executing));
}

bool Known(const BrokerSnapshot& broker) {
  return broker.active && broker.seen->unacked_messages && broker.all_queues_counted;
}

}  // namespace

void MessageJudge::Absorb(const ReconcilePair& pair) {
  if (!Known(pair.broker) || !pair.database.all_queues_named) {
    *this = {};
    return;
  }
  if (pair.earlier_broker == nullptr || pair.earlier_database == nullptr) return;
  if (!Known(*pair.earlier_broker) || !pair.earlier_database->all_queues_named) return;
  const auto found = UnaccountedIds(*pair.earlier_broker, *pair.earlier_database, pair.broker);
  if (by_message_id_ != found.has_value()) *this = {};
  by_message_id_ = found.has_value();
  if (found) {
    ids_.Update(pair.now, found->ids);
    unaccounted_.Add(pair.now, found->idle);
    return;
  }
  const auto count = CountUnaccounted(*pair.earlier_broker, *pair.earlier_database, pair.broker);
  if (count) {
    unaccounted_.Add(pair.now, *count);
  } else {
    unaccounted_.Skip(pair.now);
  }
}

std::optional<std::uint64_t> MessageJudge::Report() const {
  const auto least = unaccounted_.Value();
  return least && by_message_id_ ? std::min(*least, ids_.lasting()) : least;
}

}  // namespace airflow_host
