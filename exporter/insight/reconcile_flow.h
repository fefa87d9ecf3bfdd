// Whether work flows: queues that are stalled, and workers that are alive and take nothing, as
// after a restart of Redis (Celery before 5.7).
//
// A queue is stuck while it holds messages, does not get shorter, nothing of it runs, and all that
// was queued in it still is (where nothing is queued in the database: while no worker begins
// anything). It is stalled where besides workers have free slots: they execute fewer tasks than
// they could by worker_concurrency, or, where that is not known, none.
//
// A worker is catatonic which is heard, executes nothing and has begun nothing, while it must have
// work: every queue holds messages (it consumes one of them, whichever that is), or one is stuck.
//
// Each must hold in every pair of snapshots for kDifferenceLasts. Which worker consumes which queue
// is not known: where one queue has no workers at all, those of the others are taken to have a free
// slot for it, and idle ones among them to be catatonic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporter/insight/reconcile_lasting.h"
#include "exporter/insight/reconcile_report.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers for how long queues have been stuck and workers idle. Used by one thread.
class FlowJudge {
 public:
  /// `worker_concurrency`: tasks that one worker runs at once, where it is known.
  explicit FlowJudge(std::optional<std::uint32_t> worker_concurrency)
      : worker_concurrency_(worker_concurrency) {}

  /// Takes over one pair of snapshots. Without workers everything is forgotten.
  void Absorb(const ReconcilePair& pair);

  /// The queues that can be judged, by name.
  std::vector<QueueStall> Stalls() const;

  /// Absent where it cannot be judged.
  std::optional<std::uint64_t> Catatonic() const;

 private:
  struct Queue {
    LastingMinimum stuck;    ///< 1 or 0.
    LastingMinimum stalled;  ///< 1 or 0.
  };

  void AbsorbQueues(const ReconcilePair& pair);
  void AbsorbWorkers(const BrokerSnapshot& broker, SteadyTime now);
  bool HasFreeSlots(const BrokerSnapshot& broker) const;

  std::optional<std::uint32_t> worker_concurrency_;
  bool known_ = false;  ///< The workers were, in the last pair.
  std::map<std::string, Queue> queues_;
  LastingMinimum all_hold_messages_;  ///< 1 or 0.
  LastingKeys idle_;  ///< Workers that execute nothing, each with what it has processed.
};

}  // namespace airflow_host
