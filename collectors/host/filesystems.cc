// Reads statvfs(3) of local file systems.
#include "collectors/host/filesystems.h"

#include <sys/statvfs.h>

#include <algorithm>

#include "collectors/host/symbolic_links.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The mount point `mount_point` of the table as the host names it; "/" where the host's root is a
/// plain directory inside the mount.
std::string NameOnHost(std::string_view mount_point, std::string_view host_prefix) {
  if (mount_point.size() <= host_prefix.size()) return "/";
  return std::string(mount_point.substr(host_prefix.size()));
}

/// Room of the file system at `path`; nothing if it cannot be had or the file system has no size.
std::optional<FilesystemSpace> StatFilesystem(const std::string& path) {
  struct statvfs figures {};
  if (::statvfs(path.c_str(), &figures) != 0) return std::nullopt;
  const auto size = Multiply(figures.f_blocks, figures.f_frsize);
  const auto available = Multiply(figures.f_bavail, figures.f_frsize);
  if (!size || *size == 0 || !available || *available > *size) return std::nullopt;
  return FilesystemSpace{path, *size, *available};
}

/// Adds `space` unless its mount point is there already.
void AddOnce(std::vector<FilesystemSpace>& spaces, std::optional<FilesystemSpace> space) {
  if (!space) return;
  const bool known = std::any_of(spaces.begin(), spaces.end(), [&](const auto& other) {
    return other.mount_point == space->mount_point;
  });
  if (!known) spaces.push_back(std::move(*space));
}

/// The path of a swap file without what the kernel adds to that of a deleted one.
std::string WithoutDeletedMark(const std::string& path) {
  constexpr std::string_view kMark = " (deleted)";
  const bool marked = path.size() > kMark.size() &&
                      std::string_view(path).substr(path.size() - kMark.size()) == kMark;
  return marked ? path.substr(0, path.size() - kMark.size()) : path;
}

}  // namespace

FilesystemReader::FilesystemReader(Paths paths, std::vector<std::string> paths_watched)
    : paths_(std::move(paths)), paths_watched_(std::move(paths_watched)) {}

MountTable FilesystemReader::ReadMounts() {
  // Our own mounts are what statvfs will meet, so they come first; in a container they hold the
  // host's below the rootfs. The host's own list serves where /proc does not know this process.
  if (const auto own = ReadFile(paths_.procfs + "/self/mountinfo", buffer_)) {
    return MountTable{ParseMountinfo(*own), paths_.rootfs};
  }
  if (const auto hosts = ReadFile(paths_.procfs + "/1/mountinfo", buffer_)) {
    return MountTable{ParseMountinfo(*hosts), ""};
  }
  return {};
}

std::optional<FilesystemSpace> FilesystemReader::ReadSpace(const MountTable& table,
                                                           const std::string& path) const {
  const std::string resolved =
      ResolveSymbolicLinks(table.mounts, table.host_prefix, paths_.rootfs, path);
  const Mount* const mount = FindLocalMount(table.mounts, table.host_prefix + resolved);
  if (mount == nullptr) return std::nullopt;
  std::string name = NameOnHost(mount->mount_point, table.host_prefix);
  // The mount point and not the path: it exists, and no symbolic link can lead away from it.
  auto space = StatFilesystem(paths_.rootfs + name);
  if (space) space->mount_point = std::move(name);
  return space;
}

std::vector<FilesystemSpace> FilesystemReader::Read(const std::vector<SwapDevice>& swap_devices) {
  const MountTable table = ReadMounts();
  std::vector<FilesystemSpace> spaces;
  AddOnce(spaces, ReadSpace(table, "/"));
  for (const std::string& path : paths_watched_) AddOnce(spaces, ReadSpace(table, path));
  for (const SwapDevice& device : swap_devices) {
    if (device.is_file) AddOnce(spaces, ReadSpace(table, WithoutDeletedMark(device.path)));
  }
  return spaces;
}

}  // namespace airflow_host
