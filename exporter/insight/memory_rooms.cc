// Finds the room around a process.
#include "exporter/insight/memory_rooms.h"

#include <algorithm>

namespace airflow_host {

const ContainerRoom* MemoryRooms::Around(std::string_view cgroup_path) const {
  while (!cgroup_path.empty()) {
    const auto found = std::lower_bound(
        containers.begin(), containers.end(), cgroup_path,
        [](const ContainerRoom& room, std::string_view path) { return room.cgroup_path < path; });
    if (found != containers.end() && found->cgroup_path == cgroup_path) return &*found;
    cgroup_path = cgroup_path.substr(0, cgroup_path.rfind('/'));
  }
  return nullptr;
}

}  // namespace airflow_host
