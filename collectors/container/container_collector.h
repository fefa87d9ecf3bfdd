// The container collector: reads the kernel's control groups, and asks the engine for names.
#pragma once

#include <memory>
#include <string>

#include "collectors/collector.h"
#include "collectors/support/paths.h"

namespace airflow_host {

/// What the collector is given.
struct ContainerSettings {
  Paths paths;
  /// Docker's unix socket, asked by GET only; empty: never asked.
  std::string docker_socket;
  /// The same of podman, for its containers; empty: `docker_socket` is asked about them too.
  std::string podman_socket;
};

/// Makes the collector; reads nothing yet. `clock` outlives it. Its observations are
/// ContainerObservations; kAbsent: this host has no memory controller.
Expected<std::unique_ptr<Collector>> MakeContainerCollector(ContainerSettings settings,
                                                            const Clock& clock);

}  // namespace airflow_host
