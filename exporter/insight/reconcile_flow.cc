// Judges whether work flows.
#include "exporter/insight/reconcile_flow.h"

#include <algorithm>
#include <utility>

#include "exporter/insight/reconcile_stuck.h"

namespace airflow_host {
namespace {

ReconcileKey KeyOf(const std::string& worker, std::uint64_t processed) {
  return KeyOfId(worker + '\n' + std::to_string(processed));
}

/// Every queue, and there is one at least.
bool AllHoldMessages(const BrokerSnapshot& broker) {
  return !broker.messages.empty() &&
         std::all_of(broker.messages.begin(), broker.messages.end(),
                     [](const auto& queue) { return queue.second > 0; });
}

/// `least`: tasks that each of them runs at once at the least, where that is known.
bool HaveFreeSlots(const std::vector<const BrokerWorker*>& workers,
                   std::optional<std::uint32_t> least) {
  std::uint64_t active = 0;
  for (const BrokerWorker* const worker : workers) active += *worker->active;
  if (workers.empty() || !least) return !workers.empty() && active == 0;
  return active < workers.size() * *least;
}

}  // namespace

void FlowJudge::AbsorbQueues(const ReconcilePair& pair, Names& with_work) {
  std::map<std::string, LastingMinimum> next;
  const StuckQueues stuck(pair);
  for (const auto& [name, messages] : pair.broker.messages) {
    bool stalled = stuck.Contains(name, messages);
    if (const auto workers = consumers_.Of(name, pair.broker)) {
      stalled = stalled && HaveFreeSlots(*workers, pair.least_concurrency);
      if (messages > 0) {
        for (const BrokerWorker* const worker : *workers) with_work.insert(worker->name);
      }
    } else {
      stalled = stalled && pair.broker.live_workers > 0 && *pair.broker.active == 0;
      if (stalled) AddUnknown(pair.broker, with_work);
    }
    LastingMinimum lasting = std::move(stalled_[name]);
    lasting.Add(pair.now, stalled ? 1 : 0);
    next[name] = std::move(lasting);
  }
  stalled_ = std::move(next);
}

void FlowJudge::AddUnknown(const BrokerSnapshot& broker, Names& names) const {
  for (const BrokerWorker& worker : *broker.seen->workers) {
    if (!consumers_.KnowsQueueOf(worker.name)) names.insert(worker.name);
  }
}

void FlowJudge::AbsorbIdle(const BrokerSnapshot& broker, const Names& with_work, SteadyTime now) {
  const bool all_hold = AllHoldMessages(broker);
  std::vector<ReconcileKey> idle;
  for (const BrokerWorker& worker : *broker.seen->workers) {
    if (!worker.live || worker.active != 0U || !worker.processed) continue;
    const bool has_work = with_work.contains(worker.name) ||
                          (all_hold && consumers_.HasAllQueuesOf(worker.name, broker));
    if (has_work) idle.push_back(KeyOf(worker.name, *worker.processed));
  }
  idle_.Update(now, idle);
  idle_count_.Add(now, static_cast<std::int64_t>(idle.size()));
}

void FlowJudge::ForgetWhatMisled(const BrokerSnapshot& broker) {
  for (const BrokerWorker& worker : *broker.seen->workers) {
    const auto before = consumers_.Processed(worker.name);
    if (before && before != worker.processed && idle_.Lasts(KeyOf(worker.name, *before))) {
      consumers_.Forget(worker.name);
    }
  }
}

void FlowJudge::BeginAnew() {
  stalled_.clear();
  idle_count_ = {};
  idle_ = {};
  consumers_.NoteGap();
}

void FlowJudge::Absorb(const ReconcilePair& pair) {
  if (!pair.broker.active) {
    BeginAnew();
    return;
  }
  Names with_work;
  ForgetWhatMisled(pair.broker);
  consumers_.Learn(pair);
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
