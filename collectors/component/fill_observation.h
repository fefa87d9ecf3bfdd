// Puts what is known of the processes together as an observation.
#pragma once

#include <optional>

#include "collectors/component/component_ledger.h"
#include "collectors/component/component_observation.h"
#include "collectors/component/process_details.h"
#include "collectors/component/process_table.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Fills in the components, the processes (Airflow's first, bounded) and the counts of
/// `observation`. `boot`: when the host booted, if known.
void FillObservation(const ProcessTable& table, const ProcessDetailsStore& details,
                     const ComponentLedger& ledger, std::optional<SystemTime> boot,
                     ComponentObservation& observation);

}  // namespace airflow_host
