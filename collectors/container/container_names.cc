// Asks one source of names after the other.
#include "collectors/container/container_names.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace airflow_host {
namespace {

std::vector<ContainerRuntime> EnginesOfDocker(const std::string& podman_socket) {
  if (podman_socket.empty()) return {ContainerRuntime::kDocker, ContainerRuntime::kPodman};
  return {ContainerRuntime::kDocker};
}

}  // namespace

ContainerNames::ContainerNames(std::string docker_socket, std::string podman_socket,
                               const std::string& rootfs, const Clock& clock)
    : docker_(std::move(docker_socket), EnginesOfDocker(podman_socket), clock),
      podman_(std::move(podman_socket), {ContainerRuntime::kPodman}, clock),
      podman_storage_(rootfs, clock),
      kubernetes_(rootfs, clock) {}

void ContainerNames::Fill(std::span<Container> containers, Deadline deadline) {
  docker_.Fill(containers, deadline);
  podman_.Fill(containers, deadline);
  podman_storage_.Fill(containers);
  kubernetes_.Fill(containers);
  problem_.clear();
  // What is missing is told only as long as somebody misses it.
  const bool all_named = std::all_of(containers.begin(), containers.end(),
                                     [](const Container& one) { return !one.name.empty(); });
  if (all_named) return;
  for (const std::string* problem :
       {&docker_.problem(), &podman_.problem(), &kubernetes_.problem()}) {
    if (!problem->empty()) {
      problem_ = *problem;
      return;
    }
  }
}

}  // namespace airflow_host
