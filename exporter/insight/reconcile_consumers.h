// Which workers consume which queue, as far as it can be learned: neither Redis nor a heartbeat
// tells, but a running task instance has its queue and its host, and a worker is named after its
// host (celery@HOST).
//
// Learned from are tasks that began since the last pair of snapshots or between two of the
// database, on a host of which there is one worker, the same then and now: what ran already may
// have been left by a worker that was killed. A worker's queues are remembered for as long as the
// broker knows it and it is not restarted (its count of tasks falls), whatever else is forgotten:
// one that takes nothing after a restart of Redis will not show them a second time.
//
// What it does not see: a restart under the same name after which a worker has begun as many tasks
// by the next reading as before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/reconcile_snapshot.h"

namespace airflow_host {

/// Remembers which workers have run tasks of which queue. Used by one thread.
class QueueConsumers {
 public:
  /// No more pairs of a worker and a queue are remembered.
  static constexpr std::size_t kMost = 4000;

  /// Learns from the tasks that began; forgets workers that `pair.broker` does not know. The
  /// workers of `pair.broker` are known.
  void Learn(const ReconcilePair& pair);

  /// What runs in the next pair may have begun at any time.
  void NoteGap() { running_.reset(); }

  /// Forgets the queues of `worker`, which were not all its own.
  void Forget(const std::string& worker);

  /// Live workers that are known to consume `queue`: those that were seen to run its tasks, or all
  /// of them where the broker has no other queue. Nothing where none is known; there may be more.
  /// The workers of `broker` are known; they live as long as it.
  std::optional<std::vector<const BrokerWorker*>> Of(const std::string& queue,
                                                     const BrokerSnapshot& broker) const;

  /// A queue of it is known.
  bool KnowsQueueOf(const std::string& worker) const;

  /// What it had processed in the last pair; absent where it did not tell, or was not there.
  std::optional<std::uint64_t> Processed(const std::string& worker) const;

  /// Every queue that `worker` consumes is among those of `broker`: these are all that there were
  /// at some time since it started.
  bool HasAllQueuesOf(const std::string& worker, const BrokerSnapshot& broker) const;

 private:
  struct Worker {
    SteadyTime since{};  ///< When it was there first, after its last start.
    std::optional<std::uint64_t> processed;
    std::set<std::string> queues;
  };

  /// Takes over the workers as they are; those that were there before, and went on, by host.
  std::map<std::string, std::string> NoteWorkers(const BrokerSnapshot& broker);

  std::map<std::string, Worker> workers_;  ///< By name.
  /// What ran in the last pair; absent before it and after a gap.
  std::optional<std::unordered_set<ReconcileKey>> running_;
};

}  // namespace airflow_host
