// Tells Celery's task instances from others'.
#include "exporter/insight/celery_tasks.h"

#include <cstdint>
#include <map>
#include <utility>

#include "collectors/support/text.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {
namespace {

/// A host with Celery workers.
struct Host {
  std::uint64_t active = 0;      ///< Tasks that its workers execute.
  std::uint64_t running = 0;     ///< Task instances that run there, whoever's.
  std::set<std::string> queues;  ///< Of those that name no executor.
};

std::map<std::string, Host> HostsOf(const std::vector<BrokerWorker>& workers) {
  std::map<std::string, Host> hosts;
  for (const BrokerWorker& worker : workers) {
    hosts[ShortHostName(worker.name)].active += worker.active.value_or(0);
  }
  return hosts;
}

}  // namespace

void CeleryTasks::Learn(const Executors& executors, const MetadataObservation& database,
                        const BrokerObservation* broker) {
  executors_ = executors;
  if (executors.known() || broker == nullptr || !broker->workers) return;
  std::map<std::string, Host> hosts = HostsOf(*broker->workers);
  for (const TaskRow& row : database.tasks) {
    if (row.state != "running" || row.hostname.empty()) continue;
    const auto host = hosts.find(ShortHostName(row.hostname));
    if (host == hosts.end()) continue;
    ++host->second.running;
    if (row.executor.empty()) host->second.queues.insert(row.queue);
  }
  for (auto& [name, host] : hosts) {
    if (host.running > host.active || queues_.size() >= kMostQueues) continue;
    queues_.merge(std::move(host.queues));
  }
}

Celerys CeleryTasks::Sort(std::string_view executor, std::string_view queue) const {
  const Celerys sorted = SortByExecutor(executor, queue);
  const bool ambiguous = executors_.HasTeams() && executors_.HasCelery() &&
                         (executor.empty() || sorted == Celerys::kYes);
  return ambiguous ? Celerys::kUnknown : sorted;
}

Celerys CeleryTasks::SortByExecutor(std::string_view executor, std::string_view queue) const {
  if (executor == kOtherQueues && queue == kOtherQueues) return Celerys::kPerhaps;
  if (executor.empty() && !executors_.known()) {
    return queues_.contains(queue) ? Celerys::kYes : Celerys::kUnknown;
  }
  if (executors_.GivesToKubernetes(queue)) return Celerys::kNo;
  if (!executors_.IsCelerys(executor)) return Celerys::kNo;
  if (executor.empty() || Lower(executor).find("celery") != std::string::npos) {
    return Celerys::kYes;
  }
  // What is left: an alias, or a class that is not configured.
  if (executor.ends_with("LocalExecutor") || executor.ends_with("SequentialExecutor")) {
    return Celerys::kNo;
  }
  if (!executors_.known()) return Celerys::kUnknown;
  return executor.ends_with("Executor") ? Celerys::kPerhaps : Celerys::kYes;
}

}  // namespace airflow_host
