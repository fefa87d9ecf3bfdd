// Reads files below the root of another process, and never outside of it.
//
// The links below such a root are made by whoever fills the container: an absolute one must lead
// where it leads for that process, and none may lead out. openat2(2) with RESOLVE_IN_ROOT would do
// the half of it, on kernels from 5.6 that no seccomp filter keeps from it; it cannot stop before a
// network file system whose server is gone, where a mere look blocks for ever. So the path is
// walked part by part.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"
#include "collectors/support/mountinfo.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// The names of one folder.
struct FolderNames {
  std::vector<std::string> names;  ///< Without "." and "..", in the folder's order.
  bool complete = true;            ///< False where the folder holds more than were asked for.
};

/// A root folder. Used by one thread.
class ContainedRoot {
 public:
  /// `root`: the open folder (O_PATH will do). `mounts`: what is mounted where, as the process that
  /// has this root sees it; paths that lie on a file system that is not local are refused.
  ContainedRoot(UniqueDescriptor root, std::vector<Mount> mounts)
      : root_(std::move(root)), mounts_(std::move(mounts)) {}

  /// What lies at the absolute `path`, its links followed. kAbsent where nothing does or a part of
  /// the way is no folder, kDenied where the right to look is missing, kFailed where the path lies
  /// on a file system that could hang, kMalformed for a path that is not absolute, too long, or a
  /// circle.
  Expected<struct stat> Look(std::string_view path) const;

  /// The same, and whether the file system is mounted to be read only.
  Expected<bool> IsReadOnly(std::string_view path) const;

  /// Reads the regular file at `path` into `buffer` as ReadFile does. Anything else than a regular
  /// file is kMalformed and is not opened.
  Expected<std::string_view> Read(std::string_view path, std::string& buffer,
                                  std::size_t limit) const;

  /// The first `most` names in the folder at `path`.
  Expected<FolderNames> List(std::string_view path, std::size_t most) const;

 private:
  /// Something found, and the folder in which its name stands.
  struct Place {
    UniqueDescriptor folder;
    std::string name;
    UniqueDescriptor itself;  ///< O_PATH.
  };
  class Walk;

  Expected<Place> Find(std::string_view path) const;
  bool CouldHang(std::string_view path) const;

  UniqueDescriptor root_;
  std::vector<Mount> mounts_;
};

}  // namespace airflow_host
