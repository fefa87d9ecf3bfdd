// Learns which workers consume which queue.
#include "exporter/insight/reconcile_consumers.h"

namespace airflow_host {

void QueueConsumers::Learn(const DatabaseSnapshot& database, const BrokerSnapshot& broker) {
  std::set<std::string> hosts;
  for (const BrokerWorker& worker : *broker.seen->workers) hosts.insert(ShortHostName(worker.name));
  std::erase_if(seen_, [&](const auto& pair) { return !hosts.contains(pair.second); });
  for (const auto& pair : database.running_at) {
    if (seen_.size() >= kMost) return;
    if (hosts.contains(pair.second)) seen_.insert(pair);
  }
}

std::optional<std::vector<const BrokerWorker*>> QueueConsumers::Of(
    const std::string& queue, const BrokerSnapshot& broker) const {
  const bool only = broker.all_queues_counted && broker.messages.size() == 1;
  const auto first = seen_.lower_bound({queue, ""});
  if (!only && (first == seen_.end() || first->first != queue)) return std::nullopt;
  std::vector<const BrokerWorker*> workers;
  for (const BrokerWorker& worker : *broker.seen->workers) {
    if (!worker.live) continue;
    if (only || seen_.contains({queue, ShortHostName(worker.name)})) workers.push_back(&worker);
  }
  return workers;
}

}  // namespace airflow_host
