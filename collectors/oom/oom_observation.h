// What the oom collector saw in the kernel's log: whom the kernel has killed for want of memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/collector.h"
#include "collectors/oom/oom_lines.h"

namespace airflow_host {

/// One process that the kernel has killed.
struct OomKill {
  /// Of the log's record that says it, counted from boot: the kill's identity.
  std::uint64_t sequence = 0;
  /// When it was logged; the log's clock put on the wall's.
  SystemTime at{};
  /// Happened before the collector began: known, and not to be counted as new.
  bool before_start = false;
  int pid = 0;  ///< In the host's pid namespace.
  /// The program's name as the kernel keeps it, at most 15 bytes of any kind; not a command line.
  std::string comm;
  std::optional<std::uint32_t> uid;  ///< In the host's user namespace.
  std::optional<int> oom_score_adj;
  /// Empty on kernels before 5.0 where the line that says it is lost.
  std::optional<OomScope> scope;
  /// The victim's memory cgroup, a path below the root of the hierarchy; empty where the log does
  /// not tell it: the kernel leaves that line out after ten kills within five seconds.
  std::string task_memcg;
  std::string oom_memcg;  ///< The cgroup whose limit was reached; empty for a global kill.
  std::optional<std::uint64_t> total_vm_bytes;
  std::optional<std::uint64_t> anon_rss_bytes;
  std::optional<std::uint64_t> file_rss_bytes;
  std::optional<std::uint64_t> shmem_rss_bytes;
  std::optional<std::uint64_t> page_table_bytes;

  /// All that it had in memory; empty where the log does not tell it.
  std::optional<std::uint64_t> ResidentBytes() const {
    if (!anon_rss_bytes) return std::nullopt;
    return *anon_rss_bytes + file_rss_bytes.value_or(0) + shmem_rss_bytes.value_or(0);
  }

  bool operator==(const OomKill&) const = default;
};

/// One look at the kernel's log.
struct OomObservation final : Observation {
  /// At most this many kills are remembered.
  static constexpr std::size_t kMostKills = 100;

  /// The log can be read, so that every kill is known by its victim. Without it `kills` stays
  /// empty, and counts have to come from elsewhere.
  bool log_readable = false;
  /// Why not, and which right is missing; empty where it can be read.
  std::string log_problem;
  /// The last kills, the oldest first; never null. The same object as long as nothing changed.
  std::shared_ptr<const std::vector<OomKill>> kills;
  /// Kills since the collector began, those beyond kMostKills included.
  std::uint64_t new_kills = 0;
  /// Records of the log that were overwritten before they could be read.
  std::uint64_t records_lost = 0;
  /// The sequence of the last record that was read; empty before the first.
  std::optional<std::uint64_t> last_sequence;
};

}  // namespace airflow_host
