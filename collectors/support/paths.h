// Where the kernel's files are found. Injected, so that tests read recorded trees and a container
// can read its host's through bind mounts.
#pragma once

#include <string>

namespace airflow_host {

/// Mount points, each without a trailing slash (the root is the empty string).
struct Paths {
  std::string procfs = "/proc";  ///< `--path.procfs`
  std::string sysfs = "/sys";    ///< `--path.sysfs`
  std::string rootfs;            ///< `--path.rootfs`; put before every other absolute host path.

  bool operator==(const Paths&) const = default;
};

}  // namespace airflow_host
