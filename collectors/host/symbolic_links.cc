// Follows symbolic links, step by step. realpath(3) would look at each part of the path before
// anyone could ask which file system it lies on.
#include "collectors/host/symbolic_links.h"

#include <unistd.h>

#include <climits>

namespace airflow_host {
namespace {

/// Moves the first name of `path` into `name`; false once only slashes are left.
bool TakeName(std::string& path, std::string& name) {
  const std::size_t begin = path.find_first_not_of('/');
  if (begin == std::string::npos) return false;
  const std::size_t end = path.find('/', begin);
  name.assign(path, begin, end - begin);
  path.erase(0, end);
  return true;
}

}  // namespace

/// Reads where the link at resolved_ leads into target_; false if it is no link, cannot be read, or
/// had better not be touched.
bool SymbolicLinkResolver::ReadLink(const std::vector<Mount>& mounts,
                                    std::string_view host_prefix) {
  whole_.assign(host_prefix).append(resolved_);
  if (FindLocalMount(mounts, whole_) == nullptr) return false;
  whole_.assign(rootfs_).append(resolved_);
  target_.resize(PATH_MAX);
  const ssize_t length = ::readlink(whole_.c_str(), target_.data(), target_.size());
  target_.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return length > 0;
}

std::string_view SymbolicLinkResolver::Resolve(const std::vector<Mount>& mounts,
                                               std::string_view host_prefix,
                                               std::string_view path) {
  constexpr int kMostLinks = 40;  // As the kernel's MAXSYMLINKS.
  resolved_.clear();
  rest_.assign(path);
  int links = 0;
  while (TakeName(rest_, name_)) {
    if (name_ == ".") continue;
    const std::size_t above = resolved_.size();
    if (name_ == "..") {
      resolved_.erase(resolved_.empty() ? 0 : resolved_.rfind('/'));
      continue;
    }
    resolved_.append("/").append(name_);
    if (links == kMostLinks || !ReadLink(mounts, host_prefix)) continue;
    ++links;
    rest_.insert(0, "/").insert(0, target_);
    resolved_.resize(target_.front() == '/' ? 0 : above);
  }
  return resolved_.empty() ? std::string_view("/") : std::string_view(resolved_);
}

}  // namespace airflow_host
