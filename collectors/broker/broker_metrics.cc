// From the observation to metrics.
#include "collectors/broker/broker_metrics.h"

#include <array>
#include <map>
#include <set>
#include <string>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

using prometheus::MetricType;

enum Index : std::size_t {
  kUp,
  kInfo,
  kQueueMessages,
  kUnacked,
  kOldestUnacked,
  kVisibilityTimeout,
  kMemoryUsed,
  kMemoryMax,
  kClients,
  kEvictedKeys,
  kRejectedConnections,
  kStart,
  kOrphanedReplies,
  kWorkerHeartbeat,
  kWorkerActive,
  kWorkerProcessed,
  kWorkers,
  kMetrics,
};

constexpr std::array<MetricDescription, kMetrics> kDescriptions = {{
    {"airflow_broker_up",
     "1 if the Celery broker (Redis) answered the latest observation, 0 if it did not."},
    {"airflow_broker_info", "The Redis server's version, from INFO; the value is 1."},
    {"airflow_broker_queue_messages",
     "Messages in the queue that wait for a worker: LLEN over the lists of all priorities, sampled "
     "every few seconds; 0 when the list is gone. Queues beyond the first 100 are summed up as "
     "other, those beyond 256 are not counted."},
    {"airflow_broker_unacked_messages",
     "Messages that workers fetched and did not acknowledge yet (HLEN unacked), sampled every few "
     "seconds; with Airflow's default settings the tasks that run."},
    {"airflow_broker_oldest_unacked_timestamp_seconds",
     "When the oldest unacknowledged message was fetched, by the worker's clock (ZRANGE "
     "unacked_index), sampled every few seconds. Absent without one."},
    {"airflow_broker_visibility_timeout_seconds",
     "After this time an unacknowledged message is delivered again: visibility_timeout of "
     "[celery_broker_transport_options]; where it is not set, the default of the Celery provider "
     "(before 3.7.3 21600, before 3.12.3 84600, then 86400) that is seen on this host, else of "
     "the one that the metadata database's release comes with, else 86400."},
    {"airflow_broker_memory_used_bytes",
     "Memory that Redis has allocated (INFO used_memory), sampled every few seconds."},
    {"airflow_broker_memory_max_bytes",
     "The limit of Redis's memory (INFO maxmemory); absent when unlimited."},
    {"airflow_broker_clients",
     "Connections to Redis (INFO connected_clients), this exporter's included, sampled every few "
     "seconds."},
    {"airflow_broker_evicted_keys_total",
     "Keys that Redis dropped for want of memory since it started (INFO evicted_keys): lost "
     "messages, on a broker.",
     MetricType::Counter},
    {"airflow_broker_rejected_connections_total",
     "Connections that Redis refused because of maxclients since it started (INFO "
     "rejected_connections).",
     MetricType::Counter},
    {"airflow_broker_start_timestamp_seconds",
     "When Redis started, by its own clock, before Redis 6.2 by the exporter's (INFO "
     "uptime_in_seconds)."},
    {"airflow_broker_orphaned_replies",
     "Reply queues that callers of celery inspect have bound and not removed (SCARD of "
     "_kombu.binding.reply.celery.pidbox), those of running calls included; killed callers leave "
     "theirs behind for good."},
    {"airflow_worker_heartbeat_timestamp_seconds",
     "When the Celery worker published its last heartbeat, by its own clock (event "
     "worker-heartbeat, every 2 s), read every few seconds; kept for an hour once it is lost. At "
     "most 200 workers."},
    {"airflow_worker_active_tasks",
     "Tasks that the worker runs, from its last heartbeat (active); absent once it is lost. At "
     "most 200 workers."},
    {"airflow_worker_processed_tasks_total",
     "Tasks that the worker has taken on since it started, from its last heartbeat (processed). At "
     "most 200 workers.",
     MetricType::Counter},
    {"airflow_workers",
     "Celery workers: live ones are heard (heartbeats on the broker's celeryev channel); lost ones "
     "fell silent without a goodbye within the last hour, and their control queue is still bound "
     "or they never had one, or it was bound within that hour while this exporter watched and they "
     "were never heard; silent ones are bound and not heard for longer, or bound before this "
     "exporter watched and never heard, so they may have died long ago. Silent is absent with "
     "1,000 or more bindings."},
}};

constexpr std::string_view kOther = "other";

/// Messages by label value. Names that look alike once they are printable are summed, for a label
/// set may be there only once.
std::map<std::string, std::uint64_t> QueueLabels(const BrokerObservation& observation) {
  std::map<std::string, std::uint64_t> labels;
  for (const BrokerQueue& queue : observation.queues) {
    if (!queue.messages) continue;
    std::string label = Printable(queue.name, MetricWriter::kLongestLabelValue);
    const bool fits = labels.size() < kMostQueueLabels || labels.contains(label);
    labels[fits ? std::move(label) : std::string(kOther)] += *queue.messages;
  }
  return labels;
}

/// Names that look alike once they are printable share a series, the live one's.
void DescribeWorkers(const std::vector<BrokerWorker>& workers, MetricWriter& writer) {
  std::size_t live = 0;
  std::set<std::string> labels;
  for (const BrokerWorker& worker : workers) {
    if (worker.live) ++live;
    std::string label = Printable(worker.name, MetricWriter::kLongestLabelValue);
    if (labels.size() >= kMostWorkerLabels || labels.contains(label)) continue;
    if (worker.heartbeat) {
      writer.Add(kDescriptions[kWorkerHeartbeat], SecondsSinceEpoch(*worker.heartbeat),
                 {{"worker", label}});
    }
    writer.Add(kDescriptions[kWorkerActive], worker.active, {{"worker", label}});
    writer.Add(kDescriptions[kWorkerProcessed], worker.processed, {{"worker", label}});
    labels.insert(std::move(label));
  }
  writer.Add(kDescriptions[kWorkers], static_cast<double>(live), {{"state", "live"}});
  writer.Add(kDescriptions[kWorkers], static_cast<double>(workers.size() - live),
             {{"state", "lost"}});
}

void DescribeServer(const BrokerObservation& observation, MetricWriter& writer) {
  if (observation.redis_version) {
    writer.Add(kDescriptions[kInfo], 1.0, {{"redis_version", *observation.redis_version}});
  }
  writer.Add(kDescriptions[kMemoryUsed], observation.memory_used);
  writer.Add(kDescriptions[kMemoryMax], observation.memory_max);
  writer.Add(kDescriptions[kClients], observation.clients);
  writer.Add(kDescriptions[kEvictedKeys], observation.evicted_keys);
  writer.Add(kDescriptions[kRejectedConnections], observation.rejected_connections);
  if (observation.start) {
    writer.Add(kDescriptions[kStart], SecondsSinceEpoch(*observation.start));
  }
}

}  // namespace

std::span<const MetricDescription> BrokerMetrics() { return kDescriptions; }

void DescribeBroker(const CollectorStatus& status, const BrokerObservation* observation,
                    MetricWriter& writer) {
  if (const auto up = status.Up()) writer.Add(kDescriptions[kUp], *up ? 1.0 : 0.0);
  if (observation == nullptr) return;
  for (const auto& [queue, messages] : QueueLabels(*observation)) {
    writer.Add(kDescriptions[kQueueMessages], static_cast<double>(messages), {{"queue", queue}});
  }
  writer.Add(kDescriptions[kUnacked], observation->unacked_messages);
  if (observation->oldest_unacked) {
    writer.Add(kDescriptions[kOldestUnacked], SecondsSinceEpoch(*observation->oldest_unacked));
  }
  if (observation->visibility_timeout) {
    writer.Add(kDescriptions[kVisibilityTimeout],
               std::chrono::duration<double>(*observation->visibility_timeout).count());
  }
  writer.Add(kDescriptions[kOrphanedReplies], observation->orphaned_replies);
  DescribeServer(*observation, writer);
  if (observation->workers) DescribeWorkers(*observation->workers, writer);
  writer.Add(kDescriptions[kWorkers], observation->silent_workers, {{"state", "silent"}});
}

}  // namespace airflow_host
