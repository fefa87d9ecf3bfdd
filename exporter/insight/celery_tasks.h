// Whose tasks go through Celery's broker: told by the executor that a task instance names, and for
// the default one by the executors that are configured.
//
// Where these are not known the default one may be another than Celery's (KubernetesExecutor,
// CeleryExecutor), or another's for some queues (CeleryKubernetesExecutor), and its tasks look the
// same. So then a task that names no executor is Celery's for sure in those queues alone of which
// such a task was seen to run on the host of a Celery worker, where no more ran than its workers
// executed.
//
// The tasks of a team (Airflow 3.2 on) look as all others do, and its default executor may be
// another. If it is Celery's, it has a broker of its own: a team's settings never fall back on
// those of all. So with teams it is not known of any task whether its message is on the broker that
// is watched.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "collectors/broker/broker_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "exporter/insight/executors.h"

namespace airflow_host {

/// How sure it is that a task's message is on Celery's broker. kUnknown: no executor is known that
/// would tell; kPerhaps: the one that it names tells nothing.
enum class Celerys { kYes, kNo, kPerhaps, kUnknown };

/// Remembers the executors in force, and the queues that were seen to be Celery's. Used by one
/// thread.
class CeleryTasks {
 public:
  /// No more queues are remembered.
  static constexpr std::size_t kMostQueues = 1000;

  /// From now on `executors` are in force; learns from the tasks in `database` and from `broker`,
  /// the last that was seen of it, which may be null.
  void Learn(const Executors& executors, const MetadataObservation& database,
             const BrokerObservation* broker);

  /// Of a task of `queue` that names `executor`.
  Celerys Sort(std::string_view executor, std::string_view queue) const;

 private:
  /// As if there were no teams.
  Celerys SortByExecutor(std::string_view executor, std::string_view queue) const;

  Executors executors_{""};
  std::set<std::string, std::less<>> queues_;
};

}  // namespace airflow_host
