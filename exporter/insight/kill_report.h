// What is known of the kernel's kills, for metrics and pages: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/component/task_identity.h"
#include "collectors/oom/oom_observation.h"

namespace airflow_host {

/// The component of a victim that nothing tells.
inline constexpr std::string_view kUnknownComponent = "unknown";
/// The scope of a kill that was counted without the kernel's log, where nothing tells it.
inline constexpr std::string_view kUnknownScope = "unknown";

/// One kill with all that other sources knew of its victim.
struct AttributedKill {
  OomKill kill;
  std::string component = std::string(kUnknownComponent);  ///< As in labels.
  /// The container's name as in labels; empty where the victim ran in none.
  std::string container;
  /// The task that the victim worked on; its names may still be missing.
  std::optional<TaskIdentity> task;
};

/// How many kills of one kind there have been since the exporter started.
struct KillCount {
  std::string component;
  std::string container;  ///< Empty outside containers, or where it is not known.
  std::string scope;      ///< "global", "cgroup"; "unknown" without the kernel's log.
  std::uint64_t kills = 0;
};

/// All of it.
struct KillReport {
  /// The collector has been heard of: counts are meant to be there.
  bool known = false;
  bool log_readable = false;       ///< Otherwise `kills` is empty, and counts come from elsewhere.
  std::string log_problem;         ///< Which right is missing; empty where the log can be read.
  std::uint64_t records_lost = 0;  ///< Of the log, overwritten before they were read.
  std::vector<AttributedKill> kills;    ///< The last ones, the newest first.
  std::vector<KillCount> counts;        ///< No two of one kind.
  std::optional<SystemTime> last_kill;  ///< Of those before the start too; empty: none is known.
};

}  // namespace airflow_host
