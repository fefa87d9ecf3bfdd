// Which queued tasks others have overtaken. A list of the broker is first in, first out (Airflow
// sets no priority, and what comes back to a list comes to its head): where a task has begun that
// was queued later by more than the grace, the message of an earlier one does not wait in that
// list.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collectors/support/clock.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers, of each queue, what has begun within the last kDifferenceLasts. Used by one thread.
class QueueOrder {
 public:
  /// Takes over the tasks that began between the pair's two snapshots of the database.
  void Learn(const ReconcilePair& pair);

  /// Tasks of `queue` in `database` that were overtaken lately.
  std::uint64_t Overtaken(const std::string& queue, const DatabaseSnapshot& database) const;

 private:
  struct Begun {
    SteadyTime seen{};
    SystemTime queued_at{};
  };

  std::map<std::string, std::vector<Begun>> youngest_;  ///< One per pair of that time.
};

}  // namespace airflow_host
