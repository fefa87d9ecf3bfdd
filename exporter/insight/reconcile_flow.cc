// Judges whether work flows.
#include "exporter/insight/reconcile_flow.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace airflow_host {
namespace {

std::uint64_t RunningIn(const DatabaseSnapshot* database, const std::string& queue) {
  if (database == nullptr) return 0;
  const auto found = database->queues.find(queue);
  return found != database->queues.end() ? found->second.running : 0;
}

std::uint64_t QueuedIn(const DatabaseSnapshot& database, const std::string& queue) {
  const auto found = database.queues.find(queue);
  return found != database.queues.end() ? found->second.queued : 0;
}

/// The queues of which some task instances are not queued any more that were so before.
std::set<std::string> QueuesLeft(const ReconcilePair& pair) {
  std::set<std::string> queues;
  if (pair.earlier_database == nullptr) return queues;
  std::unordered_set<ReconcileKey> still;
  for (const QueuedRow& row : pair.database.queued) still.insert(row.key);
  for (const QueuedRow& row : pair.earlier_database->queued) {
    if (!still.contains(row.key)) queues.insert(row.queue);
  }
  return queues;
}

bool GotShorter(const ReconcilePair& pair, const std::string& queue, std::uint64_t messages) {
  if (pair.earlier_broker == nullptr) return false;
  const auto before = pair.earlier_broker->messages.find(queue);
  return before != pair.earlier_broker->messages.end() && messages < before->second;
}

/// `left`: some of what was queued is not any more.
bool IsStuck(const ReconcilePair& pair, const std::string& queue, std::uint64_t messages,
             bool left) {
  if (messages == 0 || GotShorter(pair, queue, messages)) return false;
  if (RunningIn(pair.earlier_database, queue) > 0 || RunningIn(&pair.database, queue) > 0) {
    return false;
  }
  if (QueuedIn(pair.database, queue) > 0) return !left;
  if (pair.earlier_broker == nullptr) return true;
  return StartedBetween(*pair.earlier_broker, pair.broker) == 0;
}

}  // namespace

bool FlowJudge::HasFreeSlots(const std::string& queue, const ReconcilePair& pair,
                             Names& names) const {
  const BrokerSnapshot& broker = pair.broker;
  auto workers = consumers_.Of(queue, broker);
  const bool known = workers.has_value();
  if (!known) {
    if (*broker.active > 0) return false;
    workers.emplace();
    for (const BrokerWorker& worker : *broker.seen->workers) {
      if (worker.live) workers->push_back(&worker);
    }
  }
  std::uint64_t active = 0;
  for (const BrokerWorker* const worker : *workers) {
    names.insert(worker->name);
    active += *worker->active;
  }
  if (workers->empty() || !pair.least_concurrency) return !workers->empty() && active == 0;
  return active < workers->size() * *pair.least_concurrency;
}

void FlowJudge::AbsorbQueues(const ReconcilePair& pair, Names& with_work) {
  std::map<std::string, LastingMinimum> next;
  const std::set<std::string> left = QueuesLeft(pair);
  for (const auto& [name, messages] : pair.broker.messages) {
    const bool stalled =
        IsStuck(pair, name, messages, left.contains(name)) && HasFreeSlots(name, pair, with_work);
    LastingMinimum lasting = std::move(stalled_[name]);
    lasting.Add(pair.now, stalled ? 1 : 0);
    next[name] = std::move(lasting);
  }
  stalled_ = std::move(next);
}

void FlowJudge::AbsorbIdle(const BrokerSnapshot& broker, const Names& with_work, SteadyTime now) {
  const bool all_hold = broker.all_queues_counted && !broker.messages.empty() &&
                        std::all_of(broker.messages.begin(), broker.messages.end(),
                                    [](const auto& queue) { return queue.second > 0; });
  std::vector<ReconcileKey> idle;
  for (const BrokerWorker& worker : *broker.seen->workers) {
    if (!worker.live || worker.active != 0U || !worker.processed) continue;
    if (!all_hold && !with_work.contains(worker.name)) continue;
    idle.push_back(KeyOfId(worker.name + '\n' + std::to_string(*worker.processed)));
  }
  idle_.Update(now, idle);
  idle_count_.Add(now, static_cast<std::int64_t>(idle.size()));
}

void FlowJudge::Absorb(const ReconcilePair& pair) {
  if (!pair.broker.active) {
    *this = {};
    return;
  }
  Names with_work;
  consumers_.Learn(pair.database, pair.broker);
  AbsorbQueues(pair, with_work);
  AbsorbIdle(pair.broker, with_work, pair.now);
}

std::vector<QueueStall> FlowJudge::Stalls() const {
  std::vector<QueueStall> stalls;
  for (const auto& [name, lasting] : stalled_) {
    if (const auto stalled = lasting.Value()) stalls.push_back({name, *stalled != 0});
  }
  return stalls;
}

std::optional<std::uint64_t> FlowJudge::Catatonic() const {
  const auto least = idle_count_.Value();
  return least ? std::optional(std::min(*least, idle_.lasting())) : std::nullopt;
}

}  // namespace airflow_host
