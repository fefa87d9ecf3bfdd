// What a Celery worker publishes about itself every two seconds. Sample of a message (kombu's
// envelope, the body in base64), and of its body:
//   {"body": "eyJob3N0bmFtZSI6...", "content-encoding": "utf-8", "content-type":
//   "application/json",
//    "headers": {"hostname": "celery@worker-0"}, "properties": {"delivery_mode": 1,
//    "delivery_info": {"exchange": "celeryev", "routing_key": "worker.heartbeat"}, "priority": 0,
//    "body_encoding": "base64", "delivery_tag": "8ff3..."}}
//   {"hostname": "celery@worker-0", "utcoffset": 0, "pid": 31620, "clock": 2, "freq": 2.0,
//    "active": 2, "processed": 2, "loadavg": [0.1, 0.1, 0.1], "sw_ident": "py-celery",
//    "sw_ver": "5.2.6", "sw_sys": "Linux", "timestamp": 1795302800.66, "type": "worker-heartbeat"}
// https://docs.celeryq.dev/en/stable/userguide/monitoring.html#worker-events
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/clock.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// One event of a worker. A plain value.
struct WorkerEvent {
  enum class Kind {
    kOnline,     ///< It has begun.
    kHeartbeat,  ///< It is there.
    kOffline,    ///< It says goodbye; a killed one does not.
  };
  Kind kind = Kind::kHeartbeat;
  std::string worker;                               ///< Its node name: "celery@HOST".
  std::optional<SystemTime> at;                     ///< By the worker's clock.
  std::optional<std::chrono::milliseconds> period;  ///< `freq`: how long until the next heartbeat.
  std::optional<std::uint64_t> active;              ///< Tasks that it runs.
  std::optional<std::uint64_t> processed;           ///< Tasks since it began.
};

/// A longer message is no worker's event (seen: 900 bytes).
inline constexpr std::size_t kLongestWorkerEvent = std::size_t{16} * 1024;

/// Reads one message. Total. Fails (kMalformed) on what is no event of a worker, naming neither the
/// worker nor any content. Fields that are missing or out of range are empty. Any thread.
Expected<WorkerEvent> ParseWorkerEvent(std::string_view message);

}  // namespace airflow_host
