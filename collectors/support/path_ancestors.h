// The paths above a path, by which cgroups are held: "/docker/a/b", "/docker/a", "/docker".
#pragma once

#include <cstddef>
#include <string_view>

namespace airflow_host {

/// The path above `path` ("/a" for "/a/b"), the root being the empty text; empty also for a text
/// without a slash, so that whoever climbs comes to an end. Pure; any thread.
inline std::string_view ParentPath(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// Calls `visit` for `path` and each path above it, the root left out, until it returns true. Any
/// thread.
template <typename Visit>
void ForPathAndAbove(std::string_view path, Visit visit) {
  while (!path.empty() && !visit(path)) path = ParentPath(path);
}

/// Whether `path` lies below `parent`; it does not lie below itself. Pure; any thread.
inline bool IsBelow(std::string_view path, std::string_view parent) {
  return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '/';
}

}  // namespace airflow_host
