// Learns from the tasks that begin which others they have overtaken.
#include "exporter/insight/reconcile_order.h"

#include <algorithm>

namespace airflow_host {

void QueueOrder::Learn(const ReconcilePair& pair) {
  for (auto& [queue, all] : youngest_) {
    std::erase_if(all, [&](const Begun& one) { return pair.now - one.seen >= kDifferenceLasts; });
  }
  std::erase_if(youngest_, [](const auto& entry) { return entry.second.empty(); });
  if (pair.earlier_database == nullptr) return;
  std::map<std::string, SystemTime> youngest;
  for (const auto& [key, run] : pair.database.running_rows) {
    if (!run.queued_at || pair.earlier_database->running_rows.contains(key)) continue;
    SystemTime& latest = youngest.try_emplace(run.queue, *run.queued_at).first->second;
    latest = std::max(latest, *run.queued_at);
  }
  for (const auto& [queue, queued_at] : youngest) {
    youngest_[queue].push_back({pair.now, queued_at});
  }
}

std::uint64_t QueueOrder::Overtaken(const std::string& queue,
                                    const DatabaseSnapshot& database) const {
  const auto begun = youngest_.find(queue);
  if (begun == youngest_.end()) return 0;
  SystemTime youngest = SystemTime::min();
  for (const Begun& one : begun->second) youngest = std::max(youngest, one.queued_at);
  return static_cast<std::uint64_t>(
      std::count_if(database.queued.begin(), database.queued.end(), [&](const QueuedRow& row) {
        return row.queue == queue && row.queued_at && youngest - *row.queued_at > kQueuedGrace;
      }));
}

}  // namespace airflow_host
