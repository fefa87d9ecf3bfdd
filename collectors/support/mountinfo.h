// Parses /proc/PID/mountinfo: what is mounted where, and as a part of what.
//
//   27 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw,errors=remount-ro
//   98 27 0:48 / /mnt/dags rw,relatime shared:31 - nfs4 10.0.0.5:/dags rw,vers=4.2
//
// The fields: id, id of the mount it lies on, device, root inside the file system, mount point
// (blanks escaped: "\040"), options, any number of optional fields, "-", type, source, super
// options.
// https://docs.kernel.org/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airflow_host {

/// One line of mountinfo.
struct Mount {
  std::uint64_t id = 0;
  /// The id of the mount that this one lies on; of no mount in the list for the root.
  std::uint64_t parent_id = 0;
  /// Absolute path, escapes decoded, as the process sees it.
  std::string mount_point;
  /// As "ext4" or "fuse.sshfs".
  std::string filesystem;
  /// "259:1"; equal for all mounts of one file system.
  std::string device = {};
  /// Which part of the file system is mounted, escapes decoded: "/" unless it is a bind mount.
  std::string root = {};
};

/// Parses the content of a mountinfo file. Total: torn lines are left out. Any thread.
std::vector<Mount> ParseMountinfo(std::string_view text);

/// True for file systems whose figures come from this kernel alone. All others are never touched,
/// those of unknown type included: a network file system whose server is gone, or a FUSE one whose
/// program hangs, would hold the caller for ever.
bool IsLocalFilesystem(std::string_view filesystem);

/// The mount that the absolute `path` lies on, found as the kernel walks: mount by mount, down from
/// the root. Null if there is none, if the walk would cross a file system that is not local, or if
/// systemd hides the path from this service (ProtectHome=, InaccessiblePaths=). A folder that is
/// bound onto itself (systemd does so to make it read-only for a service) is no mount of its own.
/// Symbolic links are not followed. The result points into `mounts`. Any thread.
const Mount* FindLocalMount(const std::vector<Mount>& mounts, std::string_view path);

}  // namespace airflow_host
