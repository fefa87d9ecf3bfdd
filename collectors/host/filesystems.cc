// Reads statvfs(3) of local file systems.
#include "collectors/host/filesystems.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The mount point `mount_point` of the table as the host names it; "/" where the host's root is a
/// plain directory inside the mount.
std::string_view NameOnHost(std::string_view mount_point, std::string_view host_prefix) {
  if (mount_point.size() <= host_prefix.size()) return "/";
  return mount_point.substr(host_prefix.size());
}

/// Fills the sizes of `space` with those of the file system at `path`; false if they cannot be had
/// or the file system has no size.
bool StatFilesystem(const std::string& path, FilesystemSpace& space) {
  struct statvfs figures {};
  if (::statvfs(path.c_str(), &figures) != 0) return false;
  const auto size = Multiply(figures.f_blocks, figures.f_frsize);
  const auto available = Multiply(figures.f_bavail, figures.f_frsize);
  if (!size || *size == 0 || !available || *available > *size) return false;
  space.size_bytes = *size;
  space.available_bytes = *available;
  return true;
}

/// The path of a swap file without what the kernel adds to that of a deleted one.
std::string_view WithoutDeletedMark(std::string_view path) {
  constexpr std::string_view kMark = " (deleted)";
  if (path.size() > kMark.size() && path.ends_with(kMark)) path.remove_suffix(kMark.size());
  return path;
}

}  // namespace

FilesystemReader::FilesystemReader(Paths paths, std::vector<std::string> paths_watched)
    : paths_(std::move(paths)),
      paths_watched_(std::move(paths_watched)),
      own_mountinfo_(paths_.procfs + "/self/mountinfo"),
      hosts_mountinfo_(paths_.procfs + "/1/mountinfo"),
      links_(paths_.rootfs) {}

void FilesystemReader::ReadMounts(SteadyTime now) {
  // Our own mounts are what statvfs will meet, so they come first; in a container they hold the
  // host's below the rootfs. The host's own list serves where /proc does not know this process.
  host_prefix_ = paths_.rootfs;
  auto text = own_mountinfo_.Read(now);
  if (!text) {
    host_prefix_.clear();
    text = hosts_mountinfo_.Read(now);
  }
  if (text.value_or("") == mountinfo_) return;
  mountinfo_ = text.value_or("");
  mounts_ = ParseMountinfo(mountinfo_);
}

void FilesystemReader::Add(std::string_view path, std::vector<FilesystemSpace>& spaces) {
  path_.assign(host_prefix_).append(links_.Resolve(mounts_, host_prefix_, path));
  const Mount* const mount = FindLocalMount(mounts_, path_);
  if (mount == nullptr) return;
  const std::string_view name = NameOnHost(mount->mount_point, host_prefix_);
  const auto known =
      std::any_of(spaces.begin(), spaces.begin() + static_cast<std::ptrdiff_t>(count_),
                  [&](const FilesystemSpace& space) { return space.mount_point == name; });
  if (known) return;
  if (count_ == spaces.size()) spaces.emplace_back();
  FilesystemSpace& space = spaces[count_];
  // The mount point and not the path: it exists, and no symbolic link can lead away from it.
  path_.assign(paths_.rootfs).append(name);
  if (!StatFilesystem(path_, space)) return;
  space.mount_point = name;
  ++count_;
}

void FilesystemReader::Read(SteadyTime now, const std::vector<SwapDevice>& swap_devices,
                            std::vector<FilesystemSpace>& spaces) {
  ReadMounts(now);
  count_ = 0;
  Add("/", spaces);
  for (const std::string& path : paths_watched_) Add(path, spaces);
  for (const SwapDevice& device : swap_devices) {
    if (device.is_file) Add(WithoutDeletedMark(device.path), spaces);
  }
  spaces.resize(count_);
}

}  // namespace airflow_host
