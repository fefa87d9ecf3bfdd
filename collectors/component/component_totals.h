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

namespace airflow_host {

/// Ticks of the kernel's interface per second, USER_HZ: 100 on every architecture that Airflow has.
std::uint64_t TicksPerSecond();

/// The wall-clock time of a tick since boot; nothing where the boot time is unknown or the tick
/// lies beyond what a clock can hold. Pure; any thread.
std::optional<SystemTime> TimeOfTick(std::optional<SystemTime> boot, std::uint64_t tick);

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
