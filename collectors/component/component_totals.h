// Sums of processes per component.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "collectors/component/component_ledger.h"
#include "collectors/component/component_observation.h"
#include "collectors/component/process_status.h"
#include "collectors/component/process_table.h"
#include "collectors/support/boot_time.h"

namespace airflow_host {

/// Adds up one walk. Used by one thread.
class ComponentTotals {
 public:
  explicit ComponentTotals(std::optional<SystemTime> boot) : boot_(boot) {}

  /// Adds one classified process.
  void Add(const KnownProcess& process, const ProcessMemory& memory);

  /// The samples of all components that the ledger has seen.
  std::vector<ComponentSample> Take(const ComponentLedger& ledger) const;

 private:
  std::optional<SystemTime> boot_;
  std::array<ComponentSample, kComponentCount> samples_;
};

}  // namespace airflow_host
