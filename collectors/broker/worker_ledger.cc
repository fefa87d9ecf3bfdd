// Which workers live and which are lost.
#include "collectors/broker/worker_ledger.h"

#include <algorithm>
#include <utility>

namespace airflow_host {

WorkerLedger::Worker* WorkerLedger::Find(const std::string& name, SteadyTime now) {
  const auto found = workers_.find(name);
  if (found != workers_.end()) return &found->second;
  if (workers_.size() >= kMost) {
    truncated_ = true;
    return nullptr;
  }
  Worker& worker = workers_[name];
  worker.known_since = now;
  return &worker;
}

/// The dead may be many where pods come and go: one that lives takes the place of the one of them
/// that has been known, or silent, for longest.
void WorkerLedger::MakeRoomFor(const std::string& name, SteadyTime now) {
  if (workers_.size() < kMost || workers_.contains(name)) return;
  auto oldest = workers_.end();
  for (auto entry = workers_.begin(); entry != workers_.end(); ++entry) {
    const Worker& worker = entry->second;
    if (worker.heard && now - worker.known_since <= kRetention) continue;
    if (oldest == workers_.end() || worker.known_since < oldest->second.known_since) oldest = entry;
  }
  if (oldest == workers_.end()) return;
  workers_.erase(oldest);
  truncated_ = true;
}

void WorkerLedger::Hear(const WorkerEvent& event, SteadyTime now) {
  MakeRoomFor(event.worker, now);
  Worker* const worker = Find(event.worker, now);
  if (worker == nullptr) return;
  worker->known_since = now;
  worker->heard = true;
  worker->watched = true;
  worker->said_goodbye = event.kind == WorkerEvent::Kind::kOffline;
  if (event.at) worker->heartbeat = event.at;
  worker->patience = std::max<std::chrono::milliseconds>(
      kLeastPatience, 2 * event.period.value_or(std::chrono::milliseconds(0)));
  worker->active = event.active;
  if (event.processed) worker->processed = event.processed;
}

void WorkerLedger::NoteBound(const std::vector<std::string>& workers, bool complete,
                             SteadyTime now) {
  if (complete) {
    for (auto& [name, worker] : workers_) worker.bound = false;
  }
  for (const std::string& name : workers) {
    const bool is_new = !workers_.contains(name);
    Worker* const worker = Find(name, now);
    if (worker == nullptr) continue;
    // One that had to make room may come back, and is not new.
    if (is_new) worker->watched = all_bound_known_ && !truncated_;
    worker->bound = true;
    worker->ever_bound = true;
  }
  all_bound_known_ = complete;
}

void WorkerLedger::ForgetBindings() {
  for (auto& [name, worker] : workers_) {
    worker.bound = false;
    worker.ever_bound = false;
  }
  all_bound_known_ = false;
  truncated_ = false;
}

WorkerLedger::Fate WorkerLedger::FateOf(const Worker& worker, SteadyTime now,
                                        SteadyTime listening_since) {
  if (worker.said_goodbye) return worker.bound ? Fate::kLeaving : Fate::kGone;
  // What happened before we listened is nobody's silence.
  const SteadyTime since = std::max(worker.known_since, listening_since);
  if (now - since <= worker.patience) return worker.heard ? Fate::kLive : Fate::kUndecided;
  if (worker.ever_bound && !worker.bound) return Fate::kGone;
  if (!worker.heard && !worker.bound) return Fate::kGone;
  if (worker.watched && now - worker.known_since <= kRetention) return Fate::kLost;
  // As long as it is bound it must be remembered, or it would come back as a new one.
  return worker.bound ? Fate::kSilent : Fate::kGone;
}

std::vector<BrokerWorker> WorkerLedger::Report(SteadyTime now, SteadyTime listening_since) {
  std::vector<BrokerWorker> live;
  std::vector<BrokerWorker> lost;
  silent_ = 0;
  std::erase_if(workers_, [&](const auto& entry) {
    const auto& [name, worker] = entry;
    const Fate fate = FateOf(worker, now, listening_since);
    if (fate == Fate::kLive) {
      live.push_back({name, true, worker.heartbeat, worker.active, worker.processed});
    } else if (fate == Fate::kLost) {
      lost.push_back({name, false, worker.heartbeat, std::nullopt, worker.processed});
    }
    if (fate == Fate::kSilent) ++silent_;
    return fate == Fate::kGone;
  });
  live.insert(live.end(), std::make_move_iterator(lost.begin()),
              std::make_move_iterator(lost.end()));
  return live;
}

}  // namespace airflow_host
