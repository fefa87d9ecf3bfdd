// Parses mountinfo and finds the mount of a path; mountinfo.h shows a sample.
#include "collectors/support/mountinfo.h"

#include <algorithm>
#include <array>

#include "collectors/support/octal_escapes.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

std::optional<Mount> ParseLine(std::string_view line) {
  const auto id = TakeField(line);
  const auto parent = TakeField(line);
  const auto device = TakeField(line);
  const auto root = TakeField(line);
  const auto mount_point = TakeField(line);
  while (const auto field = TakeField(line)) {
    if (*field == "-") break;
  }
  const auto filesystem = TakeField(line);
  // The source is not used, but without it the type before it may have been cut.
  if (!filesystem || !TakeField(line)) return std::nullopt;
  const auto id_number = ParseUnsigned(*id);
  const auto parent_number = ParseUnsigned(*parent);
  if (!id_number || !parent_number) return std::nullopt;
  return Mount{*id_number,
               *parent_number,
               DecodeOctalEscapes(*mount_point),
               std::string(*filesystem),
               std::string(*device),
               DecodeOctalEscapes(*root)};
}

/// Whether `path` is `folder` or lies below it.
bool LiesIn(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.substr(0, 1) == "/";
  if (folder.empty() || path.substr(0, folder.size()) != folder) return false;
  return path.size() == folder.size() || path[folder.size()] == '/';
}

bool IsIn(const std::vector<Mount>& mounts, std::uint64_t id) {
  return std::any_of(mounts.begin(), mounts.end(),
                     [&](const Mount& mount) { return mount.id == id; });
}

/// The mount of "/" that lies on none in the list.
const Mount* FindRoot(const std::vector<Mount>& mounts) {
  const auto root = std::find_if(mounts.begin(), mounts.end(), [&](const Mount& mount) {
    return mount.mount_point == "/" &&
           (mount.parent_id == mount.id || !IsIn(mounts, mount.parent_id));
  });
  return root == mounts.end() ? nullptr : &*root;
}

/// The mount that lies on `mount` and that a walk to `path` meets first: of those on its way, the
/// one with the shortest mount point.
const Mount* FindNext(const std::vector<Mount>& mounts, const Mount& mount, std::string_view path) {
  const Mount* next = nullptr;
  for (const Mount& candidate : mounts) {
    if (candidate.parent_id != mount.id || &candidate == &mount) continue;
    if (!LiesIn(path, candidate.mount_point)) continue;
    if (next == nullptr || candidate.mount_point.size() < next->mount_point.size()) {
      next = &candidate;
    }
  }
  return next;
}

/// Whether systemd has put an empty folder of its own over the mount point.
bool HidesItsMountPoint(const Mount& mount) { return LiesIn(mount.root, "/systemd/inaccessible"); }

/// Whether `mount`, which lies on `parent`, shows the very folder of `parent` that it covers.
bool IsBoundOntoItself(const Mount& mount, const Mount& parent) {
  if (mount.device.empty() || mount.device != parent.device) return false;
  if (!LiesIn(mount.mount_point, parent.mount_point)) return false;
  const auto without_slash = [](std::string_view path) { return path == "/" ? "" : path; };
  const std::string_view below =
      std::string_view(mount.mount_point).substr(without_slash(parent.mount_point).size());
  const std::string_view above = without_slash(parent.root);
  const std::string_view root = mount.root;
  return root.size() == above.size() + below.size() && root.starts_with(above) &&
         root.ends_with(below);
}

}  // namespace

std::vector<Mount> ParseMountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (auto line = TakeLine(text)) {
    if (auto mount = ParseLine(*line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

bool IsLocalFilesystem(std::string_view filesystem) {
  constexpr auto kLocal = std::to_array<std::string_view>(
      {"bcachefs", "btrfs",   "devtmpfs", "erofs", "exfat", "ext2",   "ext3",  "ext4",    "f2fs",
       "hfsplus",  "iso9660", "jffs2",    "jfs",   "msdos", "nilfs2", "ntfs3", "overlay", "ramfs",
       "reiserfs", "rootfs",  "squashfs", "tmpfs", "ubifs", "udf",    "vfat",  "xfs",     "zfs"});
  return std::find(kLocal.begin(), kLocal.end(), filesystem) != kLocal.end();
}

const Mount* FindLocalMount(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* mount = FindRoot(mounts);
  const Mount* answer = mount;
  // As many steps as there are mounts: a list with a circle in it comes to an end too.
  for (std::size_t step = 0; step < mounts.size() && mount != nullptr; ++step) {
    if (!IsLocalFilesystem(mount->filesystem) || HidesItsMountPoint(*mount)) return nullptr;
    const Mount* const next = FindNext(mounts, *mount, path);
    if (next == nullptr) return answer;
    if (!IsBoundOntoItself(*next, *mount)) answer = next;
    mount = next;
  }
  return nullptr;
}

}  // namespace airflow_host
