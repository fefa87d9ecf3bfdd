// Sums of processes per component.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "collectors/component/component_ledger.h"
#include "collectors/component/component_observation.h"
#include "collectors/component/process_details.h"
#include "collectors/component/process_table.h"
#include "collectors/support/boot_time.h"

namespace airflow_host {

/// Adds up one walk. Used by one thread.
class ComponentTotals {
 public:
  explicit ComponentTotals(std::optional<SystemTime> boot) : boot_(boot) {}

  /// Adds one classified process.
  void Add(const KnownProcess& process, const ProcessDetails& details);

  /// The samples of all components that the ledger has seen.
  std::vector<ComponentSample> Take(const ComponentLedger& ledger) const;

 private:
  /// PSS and private memory of those that could be read, and the RSS that they are part of.
  struct Shares {
    double pss = 0;
    double private_memory = 0;
    double rss = 0;
    bool denied = false;
  };

  void AddShares(const ProcessDetails& details, Shares& shares);
  void AddDescriptors(const CostlyFacts& costly, ComponentSample& sample);

  std::optional<SystemTime> boot_;
  std::array<ComponentSample, kComponentLimit> samples_;
  std::array<Shares, kComponentLimit> shares_;
};

}  // namespace airflow_host
