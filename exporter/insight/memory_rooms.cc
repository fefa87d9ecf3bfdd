// Finds the room around a process.
#include "exporter/insight/memory_rooms.h"

#include <algorithm>

#include "collectors/support/path_ancestors.h"

namespace airflow_host {

const ContainerRoom* MemoryRooms::Around(std::string_view cgroup_path) const {
  const ContainerRoom* around = nullptr;
  ForPathAndAbove(cgroup_path, [&](std::string_view above) {
    const auto found = std::lower_bound(
        containers.begin(), containers.end(), above,
        [](const ContainerRoom& room, std::string_view path) { return room.cgroup_path < path; });
    if (found != containers.end() && found->cgroup_path == above) around = &*found;
    return around != nullptr;
  });
  return around;
}

}  // namespace airflow_host
