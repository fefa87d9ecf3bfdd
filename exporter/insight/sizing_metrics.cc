// Describes sizing as metrics.
#include "exporter/insight/sizing_metrics.h"

#include <array>

namespace airflow_host {
namespace {

constexpr MetricDescription kRequired = {
    "airflow_workers_required",
    "Celery workers that the queue's load needs: task instances running or queued (table "
    "task_instance, sampled every cadence of the metadata collector), divided by the tasks that "
    "one worker runs at once and rounded up, as the Helm chart's autoscaler and Amazon MWAA "
    "reckon; absent where that number is not known, where no executor is Celery's, where the "
    "executors are unknown and neither the broker answers nor a Celery worker runs here, and for "
    "the queues counted as other while they hold tasks that may be another executor's."};
constexpr MetricDescription kLive = {
    "airflow_workers_live",
    "Celery workers that are heard (heartbeats on the broker, read every cadence of the broker "
    "collector): airflow_workers of state live."};
constexpr MetricDescription kRecommended = {
    "airflow_worker_concurrency_recommended",
    "Tasks that each worker on this host can run at once within its memory (MemAvailable of "
    "/proc/meminfo, the limit of the worker's cgroup, and the most that one task has taken here "
    "within a day; sampled every few seconds, lower quartile of a minute); 0: not even one; absent "
    "until a task was measured, and on a host without a worker."};
constexpr MetricDescription kHeadroom = {
    "airflow_host_task_headroom",
    "Tasks for which this host's memory has room besides those that run, each as large as the "
    "largest of a day (sources and sampling of airflow_worker_concurrency_recommended); absent "
    "until "
    "a task was measured."};

constexpr std::array kAll = {kRequired, kLive, kRecommended, kHeadroom};

}  // namespace

std::span<const MetricDescription> SizingMetrics() { return kAll; }

void DescribeSizing(const Sizing& sizing, MetricWriter& writer) {
  for (const QueueWorkers& row : sizing.workers_required) {
    writer.Add(kRequired, static_cast<double>(row.workers), {{"queue", row.queue}});
  }
  writer.Add(kLive, sizing.workers_live);
  writer.Add(kRecommended, sizing.concurrency_recommended);
  writer.Add(kHeadroom, sizing.task_headroom);
}

}  // namespace airflow_host
