// What comes of comparing the metadata database with the broker. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace airflow_host {

/// The lost tasks of one queue.
struct LostTasks {
  std::string queue;
  bool by_message_id = false;  ///< Each was missed by its message's id; else they were counted.
  std::uint64_t tasks = 0;
};

/// Whether one queue is stalled.
struct QueueStall {
  std::string queue;
  bool stalled = false;
};

/// Everything that can be told at one time; what cannot be judged is absent.
struct ReconcileReport {
  std::vector<LostTasks> lost;  ///< Queues that can be judged, by name.
  /// Running in the database without a heartbeat, by the rule of that version of Airflow.
  std::optional<std::uint64_t> phantom_heartbeat_lost;
  /// Others that are running in the database and in nobody's hands.
  std::optional<std::uint64_t> phantom_unaccounted;
  /// Messages on the broker for which no task instance is queued or running.
  std::optional<std::uint64_t> unaccounted_messages;
  std::optional<std::uint64_t> workers_catatonic;
  std::vector<QueueStall> stalls;  ///< Queues that can be judged, by name.
};

}  // namespace airflow_host
