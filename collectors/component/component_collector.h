// The component collector: the processes of Airflow and its neighbours on this host.
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/support/paths.h"

namespace airflow_host {

/// What the component collector needs to know.
struct ComponentSettings {
  Paths paths;  ///< `procfs` is read.
};

/// Makes the collector that walks /proc. Its observation is a ComponentObservation. Always
/// succeeds; a /proc that cannot be listed is an Error of Observe. `clock` outlives the collector.
Expected<std::unique_ptr<Collector>> MakeComponentCollector(ComponentSettings settings,
                                                            const Clock& clock);

}  // namespace airflow_host
