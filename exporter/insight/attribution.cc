// Joins containers and processes by the path of their cgroup.
#include "exporter/insight/attribution.h"

#include <string_view>
#include <tuple>
#include <unordered_map>

#include "collectors/support/path_ancestors.h"

namespace airflow_host {
namespace {

/// How well `process` tells what its container is for: more is better.
auto Weight(const ProcessSample& process) {
  return std::tuple(process.component != Component::kTask, process.is_main,
                    process.rss_bytes.value_or(0));
}

}  // namespace

ContainerObservation NameByComponent(const ContainerObservation& containers,
                                     const ComponentObservation& components) {
  ContainerObservation named = containers;
  std::unordered_map<std::string_view, const ProcessSample*> best;
  for (const Container& container : containers.containers) best[container.cgroup_path] = nullptr;
  for (const ProcessSample& process : components.processes) {
    // The container is the process's cgroup or one above it.
    ForPathAndAbove(process.cgroup_path, [&](std::string_view path) {
      const auto found = best.find(path);
      if (found == best.end()) return false;
      const ProcessSample*& known = found->second;
      if (known == nullptr || Weight(process) > Weight(*known)) known = &process;
      return true;
    });
  }
  for (Container& container : named.containers) {
    const ProcessSample* const process = best[container.cgroup_path];
    if (process != nullptr) container.component = components.NameOf(process->component);
  }
  return named;
}

}  // namespace airflow_host
