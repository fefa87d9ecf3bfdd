// The kills that a container did not outlive. On v2 its cgroup ends within moments of them (since
// Kubernetes 1.28 one kill takes the whole container), and its count with it, mostly unread. But a
// cgroup's memory.events holds what happened below it, what is gone included: what the parent
// counts beyond its children is what those that vanished since did not live to tell.
// https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files (memory.events)
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/container/container_observation.h"

namespace airflow_host {

/// Compares parents with their children from one observation to the next. Used by one thread.
class LastKills {
 public:
  /// The kills of the containers that are no more among `containers`, as far as they are certain:
  /// where two vanished at once below one parent (sandboxes apart), nothing is said of either.
  /// Reads one file per parent below `root`, the directory of v2's root cgroup; `buffer` is reused.
  /// What is killed in the same seconds below the same parent, but in no container and no service
  /// (a mount's helper), would be taken for the container's.
  std::vector<LateKills> Find(const std::string& root, const std::vector<Container>& containers,
                              std::string& buffer);

 private:
  struct Child {
    std::string path;
    std::uint64_t kills = 0;
    bool is_sandbox = false;
  };
  struct Parent {
    std::uint64_t inode = 0;
    std::int64_t beyond_children = 0;  ///< Its kills less those of the containers below.
  };
  using Children = std::unordered_map<std::uint64_t, Child>;   // By inode.
  using Parents = std::map<std::string, Parent, std::less<>>;  // By path.

  static Children ChildrenOf(const std::vector<Container>& containers);
  static Parents ReadParents(const std::string& root, const Children& now, const Children& vanished,
                             std::string& buffer);

  Children children_;
  Parents parents_;
};

}  // namespace airflow_host
