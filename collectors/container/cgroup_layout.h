// Where the memory controller's hierarchy is. Told from the tree itself, not from the mount table:
// a container sees its host's /sys through a bind mount, and tests see a recorded tree.
#pragma once

#include <string>
#include <string_view>

#include "collectors/support/error.h"

namespace airflow_host {

/// Which files a memory cgroup has.
enum class CgroupFiles { kV1, kV2 };

/// The memory controller of one host.
struct CgroupLayout {
  /// "v1", "v2", or "hybrid": a v2 hierarchy is mounted at "unified" beside v1's controllers.
  std::string_view version;
  CgroupFiles files = CgroupFiles::kV2;
  /// The directory of the root cgroup.
  std::string root;
};

/// Looks below `sysfs` + "/fs/cgroup": v2 where the root's cgroup.controllers names memory, v1
/// where there is memory/memory.stat. On a hybrid host the hierarchy that holds the memory
/// controller decides. kAbsent: no memory controller here. Any thread.
Expected<CgroupLayout> DetectCgroupLayout(const std::string& sysfs);

}  // namespace airflow_host
