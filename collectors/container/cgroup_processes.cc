// Reads which processes a container has. cgroup.procs lists those of one cgroup alone, and
// pids.current counts threads, so the files of the whole subtree are read.
#include "collectors/container/cgroup_reader.h"
#include "collectors/container/cgroup_values.h"

namespace airflow_host {
namespace {

constexpr std::size_t kDeepest = 5;
constexpr std::size_t kMostCgroups = 200;

void AddProcessesBelow(const CgroupDirectory& directory, std::size_t depth, std::size_t& visited,
                       std::string& buffer, std::vector<std::uint64_t>& ids) {
  if (depth >= kDeepest) return;
  directory.ForEachChild([&](const char* name) {
    if (++visited > kMostCgroups) return false;
    const auto child = directory.OpenChild(name);
    if (!child) return true;
    // A threaded cgroup refuses to be read (EOPNOTSUPP); its processes stand in its parent's file.
    if (const auto text = child->ReadList("cgroup.procs", buffer)) ParseProcessIds(*text, ids);
    AddProcessesBelow(*child, depth + 1, visited, buffer, ids);
    return true;
  });
}

}  // namespace

std::optional<std::vector<std::uint64_t>> ReadProcessIds(const CgroupDirectory& directory,
                                                         std::string& buffer) {
  const auto text = directory.ReadList("cgroup.procs", buffer);
  if (!text) return std::nullopt;
  std::vector<std::uint64_t> ids;
  ParseProcessIds(*text, ids);
  std::size_t visited = 0;
  AddProcessesBelow(directory, 0, visited, buffer, ids);
  return ids;
}

}  // namespace airflow_host
