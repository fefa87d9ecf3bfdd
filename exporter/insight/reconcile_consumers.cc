// Learns which workers consume which queue.
#include "exporter/insight/reconcile_consumers.h"

#include <utility>

namespace airflow_host {

std::map<std::string, std::string> QueueConsumers::NoteWorkers(const BrokerSnapshot& broker) {
  std::map<std::string, std::size_t> workers_of_host;
  for (const BrokerWorker& seen : *broker.seen->workers) {
    ++workers_of_host[ShortHostName(seen.name)];
  }
  std::map<std::string, Worker> next;
  std::map<std::string, std::string> by_host;
  for (const BrokerWorker& seen : *broker.seen->workers) {
    const std::string host = ShortHostName(seen.name);
    const auto known = workers_.find(seen.name);
    const bool goes_on = known != workers_.end() &&
                         seen.processed.value_or(0) >= known->second.processed.value_or(0);
    Worker worker;
    worker.since = broker.span.ended;
    if (goes_on) worker = std::move(known->second);
    worker.processed = seen.processed;
    if (workers_of_host[host] > 1) {
      worker.queues.clear();
    } else if (goes_on) {
      by_host[host] = seen.name;
    }
    next[seen.name] = std::move(worker);
  }
  workers_ = std::move(next);
  return by_host;
}

void QueueConsumers::Learn(const ReconcilePair& pair) {
  const std::map<std::string, std::string> by_host = NoteWorkers(pair.broker);
  std::size_t remembered = 0;
  for (const auto& [name, worker] : workers_) remembered += worker.queues.size();
  const DatabaseSnapshot* const earlier = pair.earlier_database;
  std::unordered_set<ReconcileKey> running;
  for (const auto& [key, run] : pair.database.running_rows) {
    running.insert(key);
    const bool began = (running_ && !running_->contains(key)) ||
                       (earlier != nullptr && !earlier->running_rows.contains(key));
    if (!began) continue;
    const auto worker = by_host.find(run.host);
    if (worker == by_host.end() || remembered >= kMost) continue;
    if (workers_[worker->second].queues.insert(run.queue).second) ++remembered;
  }
  running_ = std::move(running);
}

void QueueConsumers::Forget(const std::string& worker) {
  if (const auto known = workers_.find(worker); known != workers_.end()) {
    known->second.queues.clear();
  }
}

std::optional<std::vector<const BrokerWorker*>> QueueConsumers::Of(
    const std::string& queue, const BrokerSnapshot& broker) const {
  bool known = false;
  std::vector<const BrokerWorker*> workers;
  for (const BrokerWorker& worker : *broker.seen->workers) {
    const auto found = workers_.find(worker.name);
    const bool learned = found != workers_.end() && found->second.queues.contains(queue);
    const bool only = broker.messages.size() == 1 && HasAllQueuesOf(worker.name, broker);
    if (!learned && !only) continue;
    known = true;
    if (worker.live) workers.push_back(&worker);
  }
  return known ? std::optional(std::move(workers)) : std::nullopt;
}

bool QueueConsumers::KnowsQueueOf(const std::string& worker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() && !found->second.queues.empty();
}

std::optional<std::uint64_t> QueueConsumers::Processed(const std::string& worker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() ? found->second.processed : std::nullopt;
}

bool QueueConsumers::HasAllQueuesOf(const std::string& worker, const BrokerSnapshot& broker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() && broker.all_queues_counted &&
         broker.seen->queues_complete_as_of &&
         found->second.since <= *broker.seen->queues_complete_as_of;
}

}  // namespace airflow_host
