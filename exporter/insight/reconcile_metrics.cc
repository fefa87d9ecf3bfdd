// Describes lost and phantom tasks as metrics.
#include "exporter/insight/reconcile_metrics.h"

#include <array>

namespace airflow_host {
namespace {

constexpr MetricDescription kLost = {
    "airflow_tasks_lost",
    "Task instances that have been queued for more than 60 s (task_instance), and for another 60 s "
    "were in no list of the broker and with no worker, by their message's id or by count per queue "
    "(method). Absent where either source is stale or the queue cannot be judged, as while it is "
    "not known which executor runs its tasks."};
constexpr MetricDescription kPhantom = {
    "airflow_tasks_phantom_running",
    "Task instances that run in the database (task_instance) and in nobody's hands: without a "
    "heartbeat by that Airflow's own rule, whichever executor runs them (heartbeat_lost), or "
    "besides those more of Celery's than workers, unacknowledged messages and this host's "
    "processes account for over 60 s (unaccounted; absent while some run of which it is not known "
    "whether they are Celery's)."};
constexpr MetricDescription kUnaccounted = {
    "airflow_tasks_unaccounted_messages",
    "Messages on the broker, waiting or unacknowledged and not being executed, for which over 60 s "
    "no task instance was queued or running (task_instance). Absent while the list of any queue "
    "cannot be counted, or queued or running tasks are counted as queue other."};
constexpr MetricDescription kCatatonic = {
    "airflow_workers_catatonic",
    "Workers that are heard (worker-heartbeat), and over 60 s executed nothing and began nothing "
    "while a queue that they consume held messages (learned from tasks that they ran), or every "
    "queue did."};
constexpr MetricDescription kStalled = {
    "airflow_queue_stalled",
    "1 where over 60 s the queue held messages and did not get shorter, none of its task instances "
    "ran or was begun, and workers had free slots for sure; else 0 (broker lists, task_instance)."};

constexpr std::array kAll = {kLost, kPhantom, kUnaccounted, kCatatonic, kStalled};

}  // namespace

std::span<const MetricDescription> ReconcileMetrics() { return kAll; }

void DescribeReconcile(const ReconcileReport& report, MetricWriter& writer) {
  for (const LostTasks& lost : report.lost) {
    writer.Add(kLost, static_cast<double>(lost.tasks),
               {{"queue", lost.queue}, {"method", lost.by_message_id ? "message_id" : "count"}});
  }
  writer.Add(kPhantom, report.phantom_heartbeat_lost, {{"reason", "heartbeat_lost"}});
  writer.Add(kPhantom, report.phantom_unaccounted, {{"reason", "unaccounted"}});
  writer.Add(kUnaccounted, report.unaccounted_messages);
  writer.Add(kCatatonic, report.workers_catatonic);
  for (const QueueStall& stall : report.stalls) {
    writer.Add(kStalled, stall.stalled ? 1.0 : 0.0, {{"queue", stall.queue}});
  }
}

}  // namespace airflow_host
