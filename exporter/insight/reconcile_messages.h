// Which messages on the broker belong to no task instance that is queued or running: of tasks that
// were cleared, failed or deleted, and of what else is sent through the same broker.
//
// Looked at are messages that were there in two snapshots of the broker, one before and one after
// the database was read: so they were there when it was. What workers execute is in somebody's
// hands: between the end of a task and its acknowledgement that is nothing to be told of.
//
// By message id where the ids are read and every active task instance is listed with its own: those
// that were unaccounted for in every pair for kDifferenceLasts, less as many unacked ones as
// workers execute tasks that are not running in the database. Else by count:
//
//   waiting + unacked - executing, less what workers have begun in between
//   - queued - running that no worker executes
//
// as the smallest figure over that time. A pair between whose snapshots of the broker the live
// workers changed tells nothing and is left out.
//
// What it does not see: by count, as many as workers begin tasks between the two snapshots.
#pragma once

#include <cstdint>
#include <optional>

#include "exporter/insight/reconcile_lasting.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers for how long messages have been unaccounted for. Used by one thread.
class MessageJudge {
 public:
  /// Takes over one pair of snapshots.
  void Absorb(const ReconcilePair& pair);

  /// Absent where it cannot be judged. Of those found by id, no more than LastingKeys::kMost count.
  std::optional<std::uint64_t> Report() const;

 private:
  bool by_message_id_ = false;
  LastingMinimum unaccounted_;
  LastingKeys ids_;
};

}  // namespace airflow_host
