// The answer to INFO: lines "name:value" under headings, each ended by CR LF. Sample:
//   # Server
//   redis_version:7.0.15
//   run_id:5d2e1c8f0b7a4e6d9c3b2a1f0e9d8c7b6a5f4e3d
//   server_time_usec:1795310314787750
//   uptime_in_seconds:261
//   # Memory
//   used_memory:1052392
//   maxmemory:0
//   # Replication
//   role:master
// https://redis.io/docs/latest/commands/info/
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/clock.h"

namespace airflow_host {

/// What INFO says of the things we show; a field that is missing or unreadable is empty. A plain
/// value.
struct RedisInfo {
  std::optional<std::string> redis_version;
  std::optional<std::string> run_id;                  ///< Another one for every start.
  std::optional<std::string> role;                    ///< "master" or "slave".
  std::optional<bool> loading;                        ///< Reading its data set from disk.
  std::optional<std::uint64_t> used_memory;           ///< Bytes allocated.
  std::optional<std::uint64_t> maxmemory;             ///< Bytes; 0 means unlimited.
  std::optional<std::uint64_t> connected_clients;     ///< Connections, ours included.
  std::optional<std::uint64_t> evicted_keys;          ///< Since start (or CONFIG RESETSTAT).
  std::optional<std::uint64_t> rejected_connections;  ///< Likewise.
  std::optional<std::uint64_t> uptime_in_seconds;     ///< Seconds, rounded down.
  std::optional<std::uint64_t> server_time_usec;      ///< The server's clock (since 6.2).
};

/// Reads the text of INFO. Total. Any thread.
RedisInfo ParseRedisInfo(std::string_view text);

/// When the server started. By the server's own clock where it tells it: both numbers come from the
/// same tick there, so the result does not waver from one observation to the next; else by ours.
/// Any thread.
std::optional<SystemTime> RedisStart(const RedisInfo& info, SystemTime now);

/// `start` of a server that has not been restarted since it was reckoned as `before`: that, where
/// they differ by two seconds or less, as reckoned by our clock it wavers. Any thread.
std::optional<SystemTime> SteadiedStart(std::optional<SystemTime> before,
                                        std::optional<SystemTime> start);

}  // namespace airflow_host
