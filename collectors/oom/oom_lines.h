// What the kernel's OOM killer says in the log, line by line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// What ran out of memory.
enum class OomScope : std::uint8_t {
  kGlobal,  ///< The host (or a part of it: a NUMA node, a cpuset).
  kCgroup,  ///< A memory cgroup that reached its limit.
};

/// "global" or "cgroup", as it stands in labels. Static storage; any thread.
constexpr std::string_view OomScopeName(OomScope scope) {
  return scope == OomScope::kGlobal ? "global" : "cgroup";
}

/// `oom-kill:...`: whom the kernel has chosen, and where it belongs (Linux 4.19 and later).
struct OomChoice {
  OomScope scope = OomScope::kGlobal;
  std::string oom_memcg;   ///< The cgroup whose limit was reached; empty for a global one.
  std::string task_memcg;  ///< The victim's cgroup: a path below the memory hierarchy's root.
  std::string comm;        ///< The victim's name, at most 15 bytes of any kind.
  int pid = 0;
  std::optional<std::uint32_t> uid;
};

/// `... Killed process ...`: the kill itself.
struct KilledProcess {
  std::optional<OomScope> scope;  ///< Empty where the line does not say it (before Linux 5.0).
  int pid = 0;
  std::string comm;
  std::optional<std::uint32_t> uid;
  std::optional<int> oom_score_adj;
  std::optional<std::uint64_t> total_vm_bytes;  ///< Address space, of which most is not in memory.
  std::optional<std::uint64_t> anon_rss_bytes;
  std::optional<std::uint64_t> file_rss_bytes;
  std::optional<std::uint64_t> shmem_rss_bytes;
  std::optional<std::uint64_t> page_table_bytes;
};

/// `Task in A killed as a result of limit of B` (before Linux 4.19).
struct OomLimit {
  std::string task_memcg;
  std::string oom_memcg;
};

/// Whether `text` is at least the beginning of an `oom-kill:` line. Any thread.
bool IsOomChoice(std::string_view text);

/// Each parses the text of one record that the kernel has written; nothing where it is another
/// line, or torn. Names within (comm, cgroups) may hold any bytes and are no way to forge a field.
/// Total; any thread.
std::optional<OomChoice> ParseOomChoice(std::string_view text);
std::optional<KilledProcess> ParseKilledProcess(std::string_view text);
std::optional<OomLimit> ParseOomLimit(std::string_view text);
/// The scope that the line `... Kill process N (COMM) score S or sacrifice child` tells of the
/// `Killed process` that follows it (before Linux 5.0).
std::optional<OomScope> ParseOomIntention(std::string_view text);
/// The pid that was chosen but is `already exiting. Skip killing the task`.
std::optional<int> ParseSkippedVictim(std::string_view text);

}  // namespace airflow_host
