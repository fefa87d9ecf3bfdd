// One cgroup's directory, held open by descriptor: when Docker restarts a container, another cgroup
// takes the same path, and a path alone would mix the files of the two.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/clock.h"
#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// Reads the files of one cgroup. Used by one thread.
class CgroupDirectory {
 public:
  /// Opens the directory at `path`. Errors: those of open(2) and fstat(2); kAbsent once it is gone.
  static Expected<CgroupDirectory> Open(const std::string& path);

  /// Opens the cgroup `name` in this one.
  Expected<CgroupDirectory> OpenChild(const char* name) const;

  /// The content of its file `name`, in `buffer`, which never shrinks. For files that the kernel
  /// writes in one piece, as it does all but lists: a read that leaves room in the buffer has got
  /// the whole, so the second one, which others need to see the end, is saved. Nothing where it
  /// cannot be read: this kernel has no such file, or the cgroup is gone.
  std::optional<std::string_view> Read(const char* name, std::string& buffer) const;

  /// The content of its file `name` that is a list (cgroup.procs), which comes in pieces.
  std::optional<std::string_view> ReadList(const char* name, std::string& buffer) const;

  /// The one number that its file `name` holds; nothing where that cannot be read.
  std::optional<std::uint64_t> ReadNumber(const char* name, std::string& buffer) const;

  /// Whether it has a file `name`. The kernel takes the files of a cgroup that is removed away one
  /// by one, a controller's in the order of its documentation, before those that every cgroup has.
  bool Has(const char* name) const;

  /// Calls `visit` with the name of each cgroup in this one until it returns false. A directory
  /// that vanishes meanwhile has none.
  void ForEachChild(const std::function<bool(const char*)>& visit) const;

  /// The kernel never gives the number to another cgroup while the machine runs (kernfs).
  std::uint64_t inode() const { return inode_; }

  /// When the kernel last made the directory's inode: at its first look-up, and again after the
  /// inode was evicted under memory pressure. So never before the cgroup itself was made.
  SystemTime modified_at() const { return modified_at_; }

 private:
  static Expected<CgroupDirectory> OpenAt(int parent, const char* path);
  std::optional<std::string_view> ReadWhole(const char* name, std::string& buffer,
                                            bool in_one_piece) const;

  UniqueDescriptor descriptor_;
  std::uint64_t inode_ = 0;
  std::uint64_t links_ = 0;
  SystemTime modified_at_{};
};

}  // namespace airflow_host
