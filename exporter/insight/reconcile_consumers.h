// Which workers consume which queue, as far as it can be learned: neither Redis nor a heartbeat
// tells, but a running task instance has its queue and its host, and a worker is named after its
// host (celery@HOST).
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers which workers have run tasks of which queue. Used by one thread.
class QueueConsumers {
 public:
  /// No more pairs of a queue and a host are remembered.
  static constexpr std::size_t kMost = 4000;

  /// Learns from the task instances that run; forgets hosts of which `broker` knows no worker.
  void Learn(const DatabaseSnapshot& database, const BrokerSnapshot& broker);

  /// Live workers that are known to consume `queue`: those that were seen to run its tasks, or all
  /// of them where the broker has no other queue. Nothing where none is known; there may be more.
  /// The workers of `broker` are known; they live as long as it.
  std::optional<std::vector<const BrokerWorker*>> Of(const std::string& queue,
                                                     const BrokerSnapshot& broker) const;

 private:
  std::set<std::pair<std::string, std::string>> seen_;  ///< Queue and host.
};

}  // namespace airflow_host
