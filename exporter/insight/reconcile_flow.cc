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

bool FlowJudge::HasFreeSlots(const BrokerSnapshot& broker) const {
  if (broker.live_workers == 0) return false;
  if (!worker_concurrency_) return *broker.active == 0;
  return *broker.active < broker.live_workers * *worker_concurrency_;
}

void FlowJudge::AbsorbQueues(const ReconcilePair& pair) {
  std::map<std::string, Queue> next;
  const bool has_free_slots = HasFreeSlots(pair.broker);
  const std::set<std::string> left = QueuesLeft(pair);
  for (const auto& [name, messages] : pair.broker.messages) {
    Queue queue = std::move(queues_[name]);
    const bool stuck = IsStuck(pair, name, messages, left.contains(name));
    queue.stuck.Add(pair.now, stuck ? 1 : 0);
    queue.stalled.Add(pair.now, stuck && has_free_slots ? 1 : 0);
    next[name] = std::move(queue);
  }
  queues_ = std::move(next);
  const bool all_hold = pair.broker.all_queues_counted && !pair.broker.messages.empty() &&
                        std::all_of(pair.broker.messages.begin(), pair.broker.messages.end(),
                                    [](const auto& queue) { return queue.second > 0; });
  all_hold_messages_.Add(pair.now, all_hold ? 1 : 0);
}

void FlowJudge::AbsorbWorkers(const BrokerSnapshot& broker, SteadyTime now) {
  std::vector<ReconcileKey> idle;
  for (const BrokerWorker& worker : *broker.seen->workers) {
    if (!worker.live || worker.active != 0 || !worker.processed) continue;
    idle.push_back(KeyOfId(worker.name + '\n' + std::to_string(*worker.processed)));
  }
  idle_.Update(now, idle);
}

void FlowJudge::Absorb(const ReconcilePair& pair) {
  if (!pair.broker.active) {
    *this = FlowJudge(worker_concurrency_);
    return;
  }
  known_ = true;
  AbsorbQueues(pair);
  AbsorbWorkers(pair.broker, pair.now);
}

std::vector<QueueStall> FlowJudge::Stalls() const {
  std::vector<QueueStall> stalls;
  for (const auto& [name, queue] : queues_) {
    if (const auto stalled = queue.stalled.Value()) stalls.push_back({name, *stalled != 0});
  }
  return stalls;
}

std::optional<std::uint64_t> FlowJudge::Catatonic() const {
  if (!known_) return std::nullopt;
  const auto all_hold = all_hold_messages_.Value();
  bool has_work = all_hold.value_or(0) > 0;
  bool undecided = !all_hold;
  for (const auto& [name, queue] : queues_) {
    const auto stuck = queue.stuck.Value();
    has_work = has_work || stuck.value_or(0) > 0;
    undecided = undecided || !stuck;
  }
  if (has_work) return idle_.lasting();
  if (undecided && idle_.present() > 0) return std::nullopt;
  return 0;
}

}  // namespace airflow_host
