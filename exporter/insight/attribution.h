// Which component runs in which container: the container collector knows paths of cgroups, the
// component collector knows what runs in them, and only together they know that the container
// a1b2c3 is the scheduler's.
#pragma once

#include "collectors/component/component_observation.h"
#include "collectors/container/container_observation.h"

namespace airflow_host {

/// A copy of `containers` with every `component` filled in that `components` can tell: that of the
/// main processes in the container's cgroup or below it, the one with the most memory first, else
/// that of any process there. Tasks name a container only where nothing else runs in it. Pure; any
/// thread.
ContainerObservation NameByComponent(const ContainerObservation& containers,
                                     const ComponentObservation& components);

}  // namespace airflow_host
