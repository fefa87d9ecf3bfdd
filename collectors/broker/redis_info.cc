// Reads INFO.
#include "collectors/broker/redis_info.h"

#include <algorithm>
#include <chrono>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLongestWord = 40;
/// 2100-01-01: no clock that is right shows more, and no sum below overflows.
constexpr std::uint64_t kLatestSecond = 4'102'444'800;

void ReadField(std::string_view name, std::string_view value, RedisInfo& info) {
  if (name == "redis_version") {
    if (!value.empty()) info.redis_version = Printable(value, kLongestWord);
  } else if (name == "run_id") {
    if (!value.empty()) info.run_id = Printable(value, kLongestWord);
  } else if (name == "role") {
    if (!value.empty()) info.role = Printable(value, kLongestWord);
  } else if (name == "loading") {
    if (const auto number = ParseUnsigned(value)) info.loading = *number != 0;
  } else if (name == "used_memory") {
    info.used_memory = ParseUnsigned(value);
  } else if (name == "maxmemory") {
    info.maxmemory = ParseUnsigned(value);
  } else if (name == "connected_clients") {
    info.connected_clients = ParseUnsigned(value);
  } else if (name == "evicted_keys") {
    info.evicted_keys = ParseUnsigned(value);
  } else if (name == "rejected_connections") {
    info.rejected_connections = ParseUnsigned(value);
  } else if (name == "uptime_in_seconds") {
    info.uptime_in_seconds = ParseUnsigned(value);
  } else if (name == "server_time_usec") {
    info.server_time_usec = ParseUnsigned(value);
  }
}

}  // namespace

RedisInfo ParseRedisInfo(std::string_view text) {
  RedisInfo info;
  while (const auto line = TakeLine(text)) {
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos) continue;
    ReadField(line->substr(0, colon), Trim(line->substr(colon + 1)), info);
  }
  return info;
}

std::optional<SystemTime> RedisStart(const RedisInfo& info, SystemTime now) {
  if (!info.uptime_in_seconds || *info.uptime_in_seconds > kLatestSecond) return std::nullopt;
  const std::chrono::seconds uptime(*info.uptime_in_seconds);
  const auto seconds_now = std::chrono::floor<std::chrono::seconds>(now);
  if (!info.server_time_usec || *info.server_time_usec / 1'000'000 > kLatestSecond) {
    return seconds_now - uptime;
  }
  const std::chrono::seconds server_now(*info.server_time_usec / 1'000'000);
  if (server_now < uptime) return std::nullopt;
  return SystemTime(server_now - uptime);
}

std::optional<SystemTime> SteadiedStart(std::optional<SystemTime> before,
                                        std::optional<SystemTime> start) {
  constexpr std::chrono::seconds kWavers{2};
  const bool same =
      before && start && std::max(*before, *start) - std::min(*before, *start) <= kWavers;
  return same ? before : start;
}

}  // namespace airflow_host
