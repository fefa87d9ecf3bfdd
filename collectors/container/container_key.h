// What tells one container from another in labels: a name that stays over a restart (so not the id,
// which is new each time Kubernetes or compose makes the container anew), and is unique.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "collectors/container/container_observation.h"

namespace airflow_host {

/// The label values of one container; those that do not apply are empty and left out of the page.
struct ContainerKey {
  std::string container;        ///< Name, or else the Airflow component, or else the short id.
  std::string pod_namespace;    ///< Kubernetes, where known.
  std::string pod;              ///< Kubernetes, where known.
  std::string compose_project;  ///< Compose.
  std::string compose_service;  ///< Compose.
};

/// The keys of `containers`, in their order; no two are the same. All who would share one get their
/// short id appended, so that none silently goes on as another. Pure; any thread.
std::vector<ContainerKey> ContainerKeys(std::span<const Container> containers);

}  // namespace airflow_host
