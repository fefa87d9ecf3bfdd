// Which queues nobody takes from, in one pair of snapshots. A queue is stuck while it holds
// messages, does not get shorter, nothing of it runs, and all that was queued in it still is. Where
// the lists of task instances tell nothing of that (nothing was queued in it before, or they are
// not whole): while no worker begins anything.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// The queues of one pair. Used by one thread.
class StuckQueues {
 public:
  /// `pair` outlives this object.
  explicit StuckQueues(const ReconcilePair& pair);

  /// Whether `queue`, which holds so many messages, is stuck.
  bool Contains(const std::string& queue, std::uint64_t messages) const;

 private:
  /// Of the task instances that were queued.
  struct Rows {
    bool stayed = false;  ///< Some still are.
    bool left = false;    ///< Some are not.
  };

  bool GotShorter(const std::string& queue, std::uint64_t messages) const;

  const ReconcilePair& pair_;
  std::map<std::string, Rows> rows_;  ///< By queue.
};

}  // namespace airflow_host
