// How many Celery workers the load of each queue needs: the formula of the Helm chart's autoscaler
// (KEDA) and of Amazon MWAA, (running + queued) / tasks per worker, rounded up.
//
//   SELECT ceil(COUNT(*)::decimal / {worker_concurrency}) FROM task_instance
//   WHERE (state='running' OR state='queued') AND queue IN ('default')
//     AND executor IS DISTINCT FROM 'KubernetesExecutor'
//
// https://airflow.apache.org/docs/helm-chart/stable/keda.html
// https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-autoscaling.html
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/metadata_observation.h"
#include "exporter/insight/executors.h"

namespace airflow_host {

/// The workers that one queue needs.
struct QueueWorkers {
  std::string queue;
  std::uint64_t workers = 0;

  bool operator==(const QueueWorkers&) const = default;
};

/// One row per queue in which a Celery worker may find tasks, by name. Task instances count, not
/// their pool slots; those without a queue do not, nor those that another executor runs. Of the
/// queues beyond the metadata collector's limit, which come together as "other", the executors are
/// not told apart: they are left out unless all tasks are Celery's. `worker_concurrency` is at
/// least 1. Pure; any thread.
std::vector<QueueWorkers> WorkersRequired(std::span<const TaskInstanceCount> counts,
                                          const Executors& executors,
                                          std::uint32_t worker_concurrency);

}  // namespace airflow_host
