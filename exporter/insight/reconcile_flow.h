// Whether work flows: queues that are stalled, and workers that are alive and take nothing, as
// after a restart of Redis (Celery before 5.7).
//
// A queue is stalled while nobody takes from it (reconcile_stuck.h) and its workers have free
// slots: they execute fewer tasks than each of them runs at the least, or, where that is not known,
// none.
//
// A worker is catatonic which is heard, executes nothing and has begun nothing, while it must have
// work: a queue that it consumes holds messages, or every queue does (then it consumes one of them,
// whichever that is; all queues that there are must be known).
//
// Each must hold in every pair of snapshots for kDifferenceLasts. Which workers consume a queue is
// learned from the tasks that they run (reconcile_consumers.h). Where it is not known of a queue,
// all workers count as its own, but only while not one of them executes anything; and if it is
// stuck then, only those must have work of which no queue is known.
//
// A worker that was called catatonic and begins something after all was perhaps none: what was
// learned of it is forgotten. So what was learned wrongly (a task whose queue was changed in its
// DAG while it waited) misleads once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exporter/insight/reconcile_consumers.h"
#include "exporter/insight/reconcile_lasting.h"
#include "exporter/insight/reconcile_report.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers for how long queues have been stuck and workers idle. Used by one thread.
class FlowJudge {
 public:
  /// Takes over one pair of snapshots. Where the workers are not known it begins anew.
  void Absorb(const ReconcilePair& pair);

  /// Forgets what has been for how long, and keeps what was learned of the workers.
  void BeginAnew();

  /// The queues that can be judged, by name.
  std::vector<QueueStall> Stalls() const;

  /// Absent where it cannot be judged.
  std::optional<std::uint64_t> Catatonic() const;

 private:
  /// Live workers, each worker's name, that must have work.
  using Names = std::set<std::string>;

  /// Forgets what was learned of workers that were called catatonic and have begun something.
  void ForgetWhatMisled(const BrokerSnapshot& broker);
  void AbsorbQueues(const ReconcilePair& pair, Names& with_work);
  void AbsorbIdle(const BrokerSnapshot& broker, const Names& with_work, SteadyTime now);
  /// Adds the workers of which no queue is known.
  void AddUnknown(const BrokerSnapshot& broker, Names& names) const;

  QueueConsumers consumers_;
  std::map<std::string, LastingMinimum> stalled_;  ///< 1 or 0, by queue.
  LastingMinimum idle_count_;
  LastingKeys idle_;  ///< Workers with work that execute nothing, each with what it has processed.
};

}  // namespace airflow_host
