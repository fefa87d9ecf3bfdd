// Follows the symbolic links in a path of the host without touching a file system that could hang.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/support/mountinfo.h"

namespace airflow_host {

/// Resolves paths of the host. Keeps its buffers: once they have grown, nothing is allocated. Used
/// by one thread.
class SymbolicLinkResolver {
 public:
  /// `rootfs` is where the host's root is mounted here (Paths::rootfs).
  explicit SymbolicLinkResolver(std::string rootfs) : rootfs_(std::move(rootfs)) {}

  /// The absolute `path` of the host with its symbolic links, "." and ".." resolved as on the host;
  /// the view holds until the next call. `host_prefix` is what stands before the host's paths in
  /// `mounts`. What lies on no local file system, cannot be read, or lies behind a fortieth link is
  /// taken as it is written. Reads links only.
  std::string_view Resolve(const std::vector<Mount>& mounts, std::string_view host_prefix,
                           std::string_view path);

 private:
  bool ReadLink(const std::vector<Mount>& mounts, std::string_view host_prefix);

  std::string rootfs_;
  std::string resolved_;
  std::string rest_;
  std::string name_;
  std::string whole_;
  std::string target_;
};

}  // namespace airflow_host
