// The names of all containers, from whoever knows them on this host.
#pragma once

#include <span>
#include <string>

#include "collectors/container/container_observation.h"
#include "collectors/container/engine_names.h"
#include "collectors/container/kubernetes_names.h"
#include "collectors/container/podman_storage.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"

namespace airflow_host {

/// Asks the engines, podman's storage and the kubelet's folders, each only about what is still
/// without a name. Used by one thread.
class ContainerNames {
 public:
  /// `docker_socket`, `podman_socket`: as in ContainerSettings. `rootfs`: put before the paths.
  ContainerNames(std::string docker_socket, std::string podman_socket, const std::string& rootfs,
                 const Clock& clock);

  /// Fills in the names of `containers` as far as they can be known.
  void Fill(std::span<Container> containers, Deadline deadline);

  /// Why containers have no names, and which right is missing; empty while all is well.
  const std::string& problem() const { return problem_; }

 private:
  EngineNames docker_;
  EngineNames podman_;
  PodmanStorage podman_storage_;
  KubernetesNames kubernetes_;
  std::string problem_;
};

}  // namespace airflow_host
