// Reads one container's files out of its cgroup, whichever version that is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collectors/container/cgroup_directory.h"
#include "collectors/container/container_observation.h"

namespace airflow_host {

/// The file of memory usage, the first of the memory controller's.
inline constexpr const char* kUsageFileV1 = "memory.usage_in_bytes";
inline constexpr const char* kUsageFileV2 = "memory.current";

/// Limits of v2's interface that hold for a cgroup through its ancestors, in bytes; empty: none.
struct LimitsV2 {
  std::optional<std::uint64_t> memory;  ///< memory.max
  std::optional<std::uint64_t> swap;    ///< memory.swap.max
  std::optional<std::uint64_t> high;    ///< memory.high
};

/// Looks up the smallest limits on the way to the root. A parent of many containers is read once;
/// so it lives for one observation. Used by one thread.
class LimitsOfAncestors {
 public:
  /// `root`: the directory of the hierarchy's root cgroup.
  explicit LimitsOfAncestors(std::string root) : root_(std::move(root)) {}

  /// The limits that the ancestors of `path` ("/a/b") set, without its own.
  LimitsV2 Above(const std::string& path, std::string& buffer);

 private:
  std::string root_;
  std::map<std::string, LimitsV2> known_;
};

/// Reads v1's files of `directory` into `container`. One thread, as the others; `buffer` is reused.
void ReadMemoryV1(const CgroupDirectory& directory, std::string& buffer, Container& container);

/// Reads v2's files. `above`: the limits that its ancestors set.
void ReadMemoryV2(const CgroupDirectory& directory, const LimitsV2& above, std::string& buffer,
                  Container& container);

/// The processes of `directory` and of the cgroups below it (podman and systemd put them there), at
/// most 200 cgroups. Empty optional: its own cgroup.procs cannot be read.
std::optional<std::vector<std::uint64_t>> ReadProcessIds(const CgroupDirectory& directory,
                                                         std::string& buffer);

}  // namespace airflow_host
