// Which tasks are lost: queued in the database for longer than a grace, in no list of the broker
// and with no worker. They wait until Airflow's task_queued_timeout, or for ever.
//
// By message id, from Airflow 3.3 on, where the broker's message ids are read and every active task
// instance is listed: a task counts when its id was missing from its queue's lists and from unacked
// in every pair of snapshots for kDifferenceLasts.
//
// Else by count, for each queue:
//
//   queued beyond the grace - messages in its lists - unacked messages that may be its own
//   or, where that is more, those that others have overtaken (reconcile_order.h) - such unacked
//   ones
//
// as the smallest figure over that time, and no more than the task instances that were queued all
// of that time (the list tells). Unacked messages have no queue: those count as every queue's own
// that neither an executing worker nor a running row accounts for (unacked less the smaller of the
// two; a row that was queued before Redis was started accounts for none), and all of them where the
// list of task instances is not whole.
//
// Why a healthy queue shows 0: the database is read after the broker, by no more than half the
// grace. What it calls queued beyond the grace then was queued before the broker was read, so its
// message was in a list, or a worker had it.
//
// By count a queue that the database counts among others (beyond the fifty that are told apart) is
// not judged.
//
// What it does not see: by count, lost tasks of a queue where as many younger ones wait and none of
// those begins, and as many as messages are fetched that are not seen running (prefetched, left by
// a killed worker, or of tasks that begin or end just then).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "exporter/insight/reconcile_lasting.h"
#include "exporter/insight/reconcile_order.h"
#include "exporter/insight/reconcile_report.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers what has been missing for how long. Used by one thread.
class LostTaskJudge {
 public:
  /// Takes over one pair of snapshots. Queues whose messages are not known any more are forgotten,
  /// and those in which tasks are queued of which it is not known whether they are Celery's.
  void Absorb(const ReconcilePair& pair);

  /// The queues that can be judged as of the last pair, by name.
  std::vector<LostTasks> Report() const;

 private:
  struct Queue {
    bool by_message_id = false;
    LastingMinimum missing;  ///< By count, or ids that are missing at that time.
    LastingKeys candidates;  ///< Tasks that are queued; by id: and whose message is missing.
    bool capped = true;      ///< `candidates` holds all that there are.
  };

  /// By how many tasks of `queue`, at the least, are in no list and with no worker, by count.
  std::int64_t CountMissing(const ReconcilePair& pair, const BrokerQueue& queue,
                            std::uint64_t unacked) const;

  QueueOrder order_;
  std::map<std::string, Queue> queues_;
};

}  // namespace airflow_host
