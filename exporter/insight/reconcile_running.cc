// Counts running tasks that nobody runs.
#include "exporter/insight/reconcile_running.h"

#include <algorithm>

namespace airflow_host {

void PhantomJudge::Absorb(const ReconcilePair& pair, std::uint64_t tasks_here) {
  const DatabaseSnapshot* const before = pair.earlier_database;
  const DatabaseSnapshot& after = pair.database;
  const auto& unacked = pair.broker.seen->unacked_messages;
  // Counted, and not listed: the role may not read the list.
  const bool unlisted = after.running > 0 && after.running_rows.empty() && !after.all_rows_listed;
  if (!pair.broker.active || !unacked || unlisted || after.running_unknown > 0) {
    unaccounted_ = {};
    return;
  }
  if (before == nullptr) return;
  const auto running =
      std::count_if(after.running_rows.begin(), after.running_rows.end(),
                    [&](const auto& row) { return before->running_rows.contains(row.first); });
  const std::uint64_t accounted = std::max({*pair.broker.active, *unacked, tasks_here});
  unaccounted_.Add(pair.now, static_cast<std::int64_t>(running) -
                                 static_cast<std::int64_t>(accounted) -
                                 static_cast<std::int64_t>(after.heartbeat_lost.value_or(0)));
}

}  // namespace airflow_host
