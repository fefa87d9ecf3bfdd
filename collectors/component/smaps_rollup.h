// /proc/PID/smaps_rollup: what a process's memory really takes, shared pages divided among sharers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// The sums over all mappings of one process, in bytes. A field is empty where the text lacks it.
struct SharedMemoryUse {
  std::optional<std::uint64_t> rss;  ///< Rss.
  std::optional<std::uint64_t> pss;  ///< Pss: each page divided by how many processes map it.
  std::optional<std::uint64_t> private_clean;  ///< Private_Clean: mapped by this process alone.
  std::optional<std::uint64_t> private_dirty;  ///< Private_Dirty: and written to.

  /// What would be free again if the process ended.
  std::optional<std::uint64_t> PrivateBytes() const {
    if (!private_clean || !private_dirty) return std::nullopt;
    return *private_clean + *private_dirty;
  }
};

/// Parses the text of /proc/PID/smaps_rollup. Lines that are unknown, malformed or too large are
/// passed over. Total; any thread.
SharedMemoryUse ParseSmapsRollup(std::string_view text);

}  // namespace airflow_host
