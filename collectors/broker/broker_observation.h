// What the broker collector sees.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/collector.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Messages of one queue that wait for a worker.
struct BrokerQueue {
  std::string name;
  /// Messages: LLEN summed over the lists of all priorities; 0 where the lists are gone. Absent
  /// where Redis refused to count (no permission, not a list).
  std::optional<std::uint64_t> messages;
  /// The ids of all of these messages, Celery's task ids (headers.id), read a moment later. Absent
  /// where they were not read: it takes the whole messages, which hold credentials, and is off by
  /// default; and where there are more or larger ones than message_id_pages.h takes.
  std::optional<std::vector<std::string>> message_ids = std::nullopt;
};

/// One Celery worker, as it tells of itself.
struct BrokerWorker {
  std::string name;  ///< Its node name: "celery@HOST".
  /// Heard lately; else lost: it fell silent without a goodbye (worker_ledger.h).
  bool live = false;
  std::optional<SystemTime>
      heartbeat;  ///< The last one, by the worker's clock; absent: none heard.
  std::optional<std::uint64_t> active;     ///< Tasks that it runs; absent for a lost one.
  std::optional<std::uint64_t> processed;  ///< Tasks since it started, finished or running.
};

/// The Celery broker at one time.
struct BrokerObservation final : Observation {
  std::string server;                        ///< "Redis at redis:6379": who was asked.
  std::optional<std::string> redis_version;  ///< INFO redis_version.
  std::optional<std::string> run_id;         ///< INFO run_id: another one after every restart.
  std::optional<std::string> role;           ///< INFO role: "master" or "slave".
  /// The known queues, configured ones first; which queues are known: queue_directory.h.
  std::vector<BrokerQueue> queues;
  /// Every queue that was bound by then is one of `queues`. Absent where that is not known: before
  /// the keys were looked through once, and where they are too many or may not be.
  std::optional<SteadyTime> queues_complete_as_of = std::nullopt;
  /// Messages that workers have fetched and not acknowledged: HLEN unacked. With Airflow's settings
  /// (acks_late, prefetch 1) the tasks that run.
  std::optional<std::uint64_t> unacked_messages;
  /// The ids of all of them, as those of a queue's messages; absent in the same cases.
  std::optional<std::vector<std::string>> unacked_message_ids = std::nullopt;
  /// When the oldest of them was fetched, by the worker's clock: ZRANGE unacked_index 0 0. Absent
  /// where there is none.
  std::optional<SystemTime> oldest_unacked;
  /// After which a message that is not acknowledged goes back to its queue: from the settings.
  /// Absent where they leave it to Airflow's default, which depends on its release; once the
  /// insights have seen to it, that default.
  std::optional<std::chrono::seconds> visibility_timeout;
  /// Reply queues of `celery inspect` that are bound: SCARD of _kombu.binding.reply.celery.pidbox.
  /// Those of callers that were killed stay for ever.
  std::optional<std::uint64_t> orphaned_replies;
  /// Live workers first, then lost ones, each by name. Absent until all workers have had the time
  /// to be heard, after the start and after every new connection.
  std::optional<std::vector<BrokerWorker>> workers;
  /// Besides them: control queues that are bound and whose worker has not been heard for an hour,
  /// or never since the exporter began. Absent with `workers`, and where there are too many.
  std::optional<std::uint64_t> silent_workers;
  std::optional<std::uint64_t> keys;                  ///< In the broker's database: DBSIZE.
  std::optional<std::uint64_t> memory_used;           ///< Bytes: INFO used_memory.
  std::optional<std::uint64_t> memory_max;            ///< Bytes: INFO maxmemory; absent: no limit.
  std::optional<std::uint64_t> clients;               ///< INFO connected_clients, ours included.
  std::optional<std::uint64_t> evicted_keys;          ///< INFO evicted_keys, since start.
  std::optional<std::uint64_t> rejected_connections;  ///< INFO rejected_connections, since start.
  std::optional<SystemTime> start;                    ///< INFO uptime_in_seconds, server's clock.
  /// What could not be read and why, one sentence each; bounded, without secrets.
  std::vector<std::string> problems;
};

}  // namespace airflow_host
