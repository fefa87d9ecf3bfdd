// Which tasks run in the database and in nobody's hands, as when a worker's child was killed and
// its message acknowledged all the same.
//
// Counted are Celery's task instances that were running, the same try in the same process, in the
// database both before and after the broker was read: so they ran when it was. From them are taken
//
//   the largest of: what live workers execute, unacked messages, task processes on this host
//   and those without a heartbeat, which are counted on their own (less those of other executors,
//   which the database tells from Airflow 3 on)
//
// and what is left in every pair of snapshots for kDifferenceLasts is unaccounted. While others run
// of which it is not known whether they are Celery's, nothing is told.
//
// What it does not see: short tasks are no more than accounts, so as many of them as run can hide
// as many; and unacked messages that a killed worker has left account for tasks until the
// visibility timeout. All of those lose their heartbeat in the end.
#pragma once

#include <cstdint>
#include <optional>

#include "exporter/insight/reconcile_lasting.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers how many were unaccounted for. Used by one thread.
class PhantomJudge {
 public:
  /// Takes over one pair of snapshots; `tasks_here`: task processes on this host.
  void Absorb(const ReconcilePair& pair, std::uint64_t tasks_here);

  /// Running and unaccounted for, besides those without a heartbeat; absent where it cannot be
  /// judged.
  std::optional<std::uint64_t> Report() const { return unaccounted_.Value(); }

 private:
  LastingMinimum unaccounted_;
};

}  // namespace airflow_host
