// The id of a message, out of kombu's envelope; nothing else of it is kept. Sample of a waiting
// one, the body cut short (it is a credential: Airflow 3 puts a token into it):
//   {"body": "W1si...", "content-encoding": "utf-8", "content-type": "application/json", "headers":
//    {"lang": "py", "task": "execute_workload", "id": "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10",
//     "retries": 0, ...}, "properties": {"correlation_id": "0198c6a2-...", ...}}
// Of one that a worker has fetched, a value of the hash `unacked`:
//   [{"body": "W1si...", ..., "headers": {...}, "properties": {...}}, "", "default"]
// celery/app/amqp.py: as_task_v2; kombu/transport/redis.py: QoS.append.
// https://docs.celeryq.dev/en/stable/internals/protocol.html
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// No id is longer: Celery's are 36 bytes, Airflow's column external_executor_id held 250.
inline constexpr std::size_t kLongestMessageId = 250;

/// `headers.id` of a message that waits in a list; nothing where it is none of Celery's. Reads no
/// further than that id. Total. Any thread.
std::optional<std::string> WaitingMessageId(std::string_view text);

/// The same of a message that was fetched, as it stands in the hash `unacked`. Total. Any thread.
std::optional<std::string> UnackedMessageId(std::string_view text);

}  // namespace airflow_host
