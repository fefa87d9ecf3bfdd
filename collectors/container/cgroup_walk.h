// Finds the containers' cgroups in a hierarchy, within bounds: what runs in a container can make
// cgroups as it likes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "collectors/container/cgroup_directory.h"
#include "collectors/container/cgroup_path.h"
#include "collectors/support/deadline.h"

namespace airflow_host {

/// How far the search goes.
struct WalkLimits {
  std::size_t depth = 10;  ///< Levels below the root. Kubernetes needs 4, nested slices more.
  std::size_t containers = 4000;     ///< Found ones, services not counted.
  std::size_t services = 500;        ///< Found ones.
  std::size_t directories = 20'000;  ///< Opened ones.
};

/// The cgroup of a container or service.
struct FoundContainer {
  std::string path;  ///< Below the root: "/docker/<id>".
  ContainerIdentity identity;
};

/// What the search found.
struct FoundContainers {
  std::vector<FoundContainer> containers;  ///< Sorted by path.
  bool truncated = false;                  ///< A limit was reached; there may be more.
};

/// Searches below the directory `root`. Cgroups below a container's are its own affair and not
/// looked at; below a service there may be containers (podman with cgroups=split). Those that
/// vanish meanwhile are left out. Errors: `root` cannot be opened; kTimedOut. One thread.
Expected<FoundContainers> FindContainers(const std::string& root, const WalkLimits& limits,
                                         const Clock& clock, Deadline deadline);

}  // namespace airflow_host
