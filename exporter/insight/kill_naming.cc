// Names a victim by what the kernel tells of it.
#include "exporter/insight/kill_naming.h"

#include <array>
#include <optional>

#include "collectors/component/component.h"
#include "collectors/container/cgroup_path.h"
#include "collectors/container/container_key.h"
#include "collectors/support/path_ancestors.h"

namespace airflow_host {
namespace {

/// What the kernel keeps of a title that Airflow sets, 15 bytes, where that is enough.
struct NamedByComm {
  std::string_view comm;
  Component component;
};
constexpr std::array<NamedByComm, 12> kComms = {{
    {"airflow task ru", Component::kTask},
    {"airflow task su", Component::kTask},
    {"airflow api_ser", Component::kApiServer},
    {"airflow edge wo", Component::kEdgeWorker},
    {"airflow edge su", Component::kTask},
    {"airflow serve-l", Component::kServeLogs},
    {"airflow supervi", Component::kCeleryWorker},
    {"[celeryd: celer", Component::kCeleryWorker},
    {"postgres", Component::kPostgres},
    {"redis-server", Component::kRedis},
    {"dockerd", Component::kDocker},
    {"containerd", Component::kDocker},
}};

/// The container in whose cgroup `path` lies; nothing outside of containers.
std::optional<ContainerIdentity> ContainerAt(std::string_view path) {
  std::optional<ContainerIdentity> found;
  ForPathAndAbove(path, [&](std::string_view above) {
    found = IdentifyContainer(above);
    return found.has_value();
  });
  return found;
}

std::string ContainerIdOf(std::string_view path) {
  const auto container = ContainerAt(path);
  return container ? container->id : std::string();
}

}  // namespace

std::string ComponentByComm(std::string_view comm) {
  for (const NamedByComm& named : kComms) {
    if (comm == named.comm) return std::string(ComponentName(named.component));
  }
  return {};
}

bool InContainer(std::string_view path) { return ContainerAt(path).has_value(); }

std::string NameByPath(std::string_view path) {
  const auto container = ContainerAt(path);
  if (!container) return {};
  return ContainerLabel(container->name.empty() ? ShortContainerId(container->id)
                                                : container->name);
}

bool Contradicts(std::string_view one, std::string_view other) {
  const std::string left = ContainerIdOf(one);
  const std::string right = ContainerIdOf(other);
  return !left.empty() && !right.empty() && left != right;
}

}  // namespace airflow_host
