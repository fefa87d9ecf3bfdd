// What tells one container from another in labels: a name that stays over a restart (so not the id,
// which is new each time Kubernetes or compose makes the container anew), and is unique.
#pragma once

#include <compare>
#include <span>
#include <string>
#include <string_view>
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

  auto operator<=>(const ContainerKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// Whether `container` is shown at all. A bare host runs forty systemd services, most of which are
/// of no concern: those in which neither Airflow nor a known neighbour runs are left out. Any
/// thread.
inline bool IsShown(const Container& container) {
  return container.runtime != ContainerRuntime::kSystemd || !container.component.empty();
}

/// What stands for a container without a name: the first twelve digits of its id, as the engines'
/// own tools show it. Any thread.
std::string ShortContainerId(std::string_view id);

/// `name` as it stands in a label: printable, and never so long that the metric writer would cut it
/// off. Any thread.
std::string ContainerLabel(std::string_view name);

/// The keys of `containers`, in their order; no two are the same. All who would share one get their
/// short id appended, so that none silently goes on as another. Pure; any thread.
std::vector<ContainerKey> ContainerKeys(std::span<const Container> containers);

}  // namespace airflow_host
