// How much memory is left where a process runs: what the host and its containers leave to the
// components in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airflow_host {

/// The room in one container that has a limit.
struct ContainerRoom {
  std::string cgroup_path;
  double bytes = 0;  ///< For anonymous memory, until the limit.
};

/// What is known of the rooms. A plain value.
struct MemoryRooms {
  std::optional<double> host_bytes;       ///< MemAvailable and SwapFree.
  std::optional<double> host_swap_bytes;  ///< SwapFree.
  double host_dropped_bytes = 0;          ///< SReclaimable: the part of MemAvailable that is slab.
  std::vector<ContainerRoom> containers;  ///< Sorted by path; those with a limit.

  /// The room of the innermost container with a limit around a process in the cgroup at
  /// `cgroup_path`; null where there is none, and the host is its room.
  const ContainerRoom* Around(std::string_view cgroup_path) const;
};

}  // namespace airflow_host
