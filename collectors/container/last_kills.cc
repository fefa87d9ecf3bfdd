// Finds what vanished containers did not live to tell.
#include "collectors/container/last_kills.h"

#include <optional>
#include <unordered_set>
#include <utility>

#include "collectors/container/cgroup_directory.h"
#include "collectors/container/cgroup_values.h"
#include "collectors/support/path_ancestors.h"

namespace airflow_host {
namespace {

std::optional<std::uint64_t> KillsOf(const CgroupDirectory& directory, std::string& buffer) {
  ContainerMemoryEvents events;
  if (const auto text = directory.Read("memory.events", buffer)) ParseMemoryEvents(*text, events);
  return events.oom_kill;
}

}  // namespace

/// Those whose kills are known and are not in another one's count (a service's, that holds it).
LastKills::Children LastKills::ChildrenOf(const std::vector<Container>& containers) {
  std::unordered_set<std::string_view> paths;
  for (const Container& container : containers) paths.insert(container.cgroup_path);
  Children children;
  for (const Container& container : containers) {
    bool is_nested = false;
    ForPathAndAbove(ParentPath(container.cgroup_path), [&](std::string_view above) {
      is_nested = paths.contains(above);
      return is_nested;
    });
    if (is_nested || !container.events.oom_kill) continue;
    children.emplace(
        container.cgroup_inode,
        Child{container.cgroup_path, *container.events.oom_kill, container.name == kSandboxName});
  }
  return children;
}

LastKills::Parents LastKills::ReadParents(const std::string& root, const Children& now,
                                          const Children& vanished, std::string& buffer) {
  Parents parents;
  for (const Children* const children : {&now, &vanished}) {
    for (const auto& [inode, child] : *children) {
      const std::string_view path = ParentPath(child.path);
      if (path.empty() || parents.contains(path)) continue;
      const auto directory = CgroupDirectory::Open(root + std::string(path));
      const auto kills = directory ? KillsOf(*directory, buffer) : std::nullopt;
      if (!kills) continue;
      parents.emplace(path, Parent{directory->inode(), static_cast<std::int64_t>(*kills)});
    }
  }
  for (const auto& [inode, child] : now) {
    ForPathAndAbove(ParentPath(child.path), [&, kills = child.kills](std::string_view above) {
      const auto parent = parents.find(above);
      if (parent != parents.end()) {
        parent->second.beyond_children -= static_cast<std::int64_t>(kills);
      }
      return false;
    });
  }
  return parents;
}

std::vector<LateKills> LastKills::Find(const std::string& root,
                                       const std::vector<Container>& containers,
                                       std::string& buffer) {
  Children now = ChildrenOf(containers);
  Children vanished = std::move(children_);
  std::erase_if(vanished, [&](const auto& entry) { return now.contains(entry.first); });
  Parents parents = ReadParents(root, now, vanished, buffer);
  std::vector<LateKills> found;
  for (const auto& [inode, child] : vanished) {
    const auto before = parents_.find(ParentPath(child.path));
    const auto after = parents.find(ParentPath(child.path));
    if (child.is_sandbox || before == parents_.end() || after == parents.end()) continue;
    if (before->second.inode != after->second.inode) continue;
    std::int64_t kills = after->second.beyond_children - before->second.beyond_children;
    std::size_t candidates = 0;
    for (const auto& [other_inode, other] : vanished) {
      if (!IsBelow(other.path, before->first)) continue;
      kills -= static_cast<std::int64_t>(other.kills);
      if (!other.is_sandbox) ++candidates;
    }
    if (candidates == 1 && kills > 0) found.push_back({inode, static_cast<std::uint64_t>(kills)});
  }
  children_ = std::move(now);
  parents_ = std::move(parents);
  return found;
}

}  // namespace airflow_host
