// Reads how full the file systems are that Airflow depends on: of the root, of AIRFLOW_HOME, of the
// directories that were asked for, and of swap files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/host/optional_file.h"
#include "collectors/host/swaps.h"
#include "collectors/host/symbolic_links.h"
#include "collectors/support/clock.h"
#include "collectors/support/mountinfo.h"
#include "collectors/support/paths.h"

namespace airflow_host {

/// The room on one file system.
struct FilesystemSpace {
  /// Where the host has it mounted.
  std::string mount_point;
  /// f_blocks of statvfs(3), in bytes.
  std::uint64_t size_bytes = 0;
  /// f_bavail of statvfs(3), in bytes: what is left for programs that are not root's.
  std::uint64_t available_bytes = 0;
};

/// Reads file systems, and only those that answer at once: mountinfo tells what lies where before
/// anything is touched, and network, FUSE and unknown file systems are left out (so is what lies
/// below one). A mount point is pinned in memory, so statvfs(3) of it waits for no disk either.
/// Allocates nothing while the mounts and the paths stay as they are. Used by one thread.
class FilesystemReader {
 public:
  /// `paths_watched`: absolute paths as the host sees them; each stands for the file system that
  /// holds it, whether or not it exists.
  FilesystemReader(Paths paths, std::vector<std::string> paths_watched);

  /// Replaces `spaces` by each file system once, in the order of first mention: the root, the
  /// watched paths, the swap files among `swap_devices`. One that cannot be read is left out.
  void Read(SteadyTime now, const std::vector<SwapDevice>& swap_devices,
            std::vector<FilesystemSpace>& spaces);

 private:
  void ReadMounts(SteadyTime now);
  void Add(std::string_view path, std::vector<FilesystemSpace>& spaces);

  Paths paths_;
  std::vector<std::string> paths_watched_;
  OptionalFile own_mountinfo_;
  OptionalFile hosts_mountinfo_;
  SymbolicLinkResolver links_;
  std::string mountinfo_;      ///< What `mounts_` was parsed from.
  std::vector<Mount> mounts_;  ///< This process's own, or the host's.
  /// What stands before a path of the host in `mounts_`: Paths::rootfs where the list is this
  /// process's own, empty where it is the host's.
  std::string host_prefix_;
  std::size_t count_ = 0;  ///< File systems found so far by the Read under way.
  std::string path_;
};

}  // namespace airflow_host
