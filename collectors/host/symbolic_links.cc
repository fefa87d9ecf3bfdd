// Follows symbolic links, step by step. realpath(3) would look at each part of the path before
// anyone could ask which file system it lies on.
#include "collectors/host/symbolic_links.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <optional>

namespace airflow_host {
namespace {

/// Takes the first name off `path`; nothing once only slashes are left.
std::optional<std::string> TakeName(std::string& path) {
  const std::size_t begin = path.find_first_not_of('/');
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = path.find('/', begin);
  std::string name = path.substr(begin, end - begin);
  path.erase(0, end);
  return name;
}

/// Where the link at `path` leads; nothing if it is no link, or cannot be read.
std::optional<std::string> ReadLink(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length <= 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

std::string Concatenate(std::string_view first, std::string_view second) {
  std::string both(first);
  return both.append(second);
}

}  // namespace

std::string ResolveSymbolicLinks(const std::vector<Mount>& mounts, std::string_view host_prefix,
                                 std::string_view rootfs, std::string_view path) {
  constexpr int kMostLinks = 40;  // As the kernel's MAXSYMLINKS.
  std::string resolved;
  std::string rest(path);
  int links = 0;
  while (const auto name = TakeName(rest)) {
    if (*name == ".") continue;
    if (*name == "..") {
      resolved.erase(resolved.empty() ? 0 : resolved.rfind('/'));
      continue;
    }
    std::string next = Concatenate(resolved, "/").append(*name);
    const bool safe = FindLocalMount(mounts, Concatenate(host_prefix, next)) != nullptr;
    const auto target =
        safe && links < kMostLinks ? ReadLink(Concatenate(rootfs, next)) : std::nullopt;
    if (!target) {
      resolved = std::move(next);
      continue;
    }
    ++links;
    rest.insert(0, "/").insert(0, *target);
    if (target->front() == '/') resolved.clear();
  }
  return resolved.empty() ? "/" : resolved;
}

}  // namespace airflow_host
