// Reads how full the file systems are that Airflow depends on: of the root, of AIRFLOW_HOME, of the
// directories that were asked for, and of swap files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/host/swaps.h"
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

/// A list of mounts, and which part of it is the host's.
struct MountTable {
  std::vector<Mount> mounts;
  /// What stands before a path of the host in `mounts`: Paths::rootfs where the list is this
  /// process's own, empty where it is the host's.
  std::string host_prefix;
};

/// Reads file systems, and only those that answer at once: mountinfo tells what lies where before
/// anything is touched, and network, FUSE and unknown file systems are left out (so is what lies
/// below one). Used by one thread.
class FilesystemReader {
 public:
  /// `paths_watched`: absolute paths as the host sees them; each stands for the file system that
  /// holds it, whether or not it exists.
  FilesystemReader(Paths paths, std::vector<std::string> paths_watched);

  /// Each file system once, in the order of first mention: the root, the watched paths, the swap
  /// files among `swap_devices`. One that cannot be read is left out.
  std::vector<FilesystemSpace> Read(const std::vector<SwapDevice>& swap_devices);

 private:
  MountTable ReadMounts();
  std::optional<FilesystemSpace> ReadSpace(const MountTable& table, const std::string& path) const;

  Paths paths_;
  std::vector<std::string> paths_watched_;
  std::string buffer_;
};

}  // namespace airflow_host
