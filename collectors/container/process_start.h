// When a process began. Cgroup directories have no birth time, and their modification time starts
// anew whenever their inode is evicted, which is what a starved host does; so a container's start
// is that of its oldest process. /proc/PID/stat: "4242 (airflow sched) S 1 4242 4242 0 -1 4194560
// 9341 ... 0 8721 ..." with field 22 (8721) in clock ticks since the boot; /proc/stat: "btime
// 1795300000" in seconds. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/support/clock.h"

namespace airflow_host {

/// The process that a container began with, as far as can be told: its oldest.
struct OldestProcess {
  SystemTime started_at;
  std::string comm;  ///< Its name of at most 15 bytes.
};

/// The oldest of the processes `ids` that can be read below `procfs`; nothing when none can, or
/// when the boot's time is not known. Ids of 0 (processes of another pid namespace) are passed
/// over, as is all behind the first thousand. Any thread.
std::optional<OldestProcess> FindOldest(const std::string& procfs,
                                        std::span<const std::uint64_t> ids);

}  // namespace airflow_host
