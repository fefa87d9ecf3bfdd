// Sums of processes per component.
#include "collectors/component/component_totals.h"

#include <algorithm>

namespace airflow_host {
namespace {

void AddTo(std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> value) {
  if (value) sum = sum.value_or(0) + *value;
}

}  // namespace

void ComponentTotals::Add(const KnownProcess& process, const ProcessMemory& memory) {
  if (!process.classification.component) return;
  ComponentSample& sample = samples_.at(IndexOf(*process.classification.component));
  ++sample.processes;
  AddTo(sample.threads, process.threads);
  AddTo(sample.rss_bytes, memory.rss);
  AddTo(sample.anon_bytes, memory.anonymous);
  AddTo(sample.shared_bytes, memory.file);
  AddTo(sample.shared_bytes, memory.shared);
  AddTo(sample.swap_bytes, memory.swap);
  if (memory.rss) {
    sample.largest_process_rss_bytes =
        std::max(sample.largest_process_rss_bytes.value_or(0), *memory.rss);
  }
  if (const auto start = TimeOfTick(boot_, process.start_ticks)) {
    sample.oldest_start = std::min(sample.oldest_start.value_or(*start), *start);
  }
}

std::vector<ComponentSample> ComponentTotals::Take(const ComponentLedger& ledger) const {
  const auto per_second = static_cast<double>(TicksPerSecond());
  std::vector<ComponentSample> seen;
  for (std::size_t at = 0; at < kComponentCount; ++at) {
    const Component component = ComponentAt(at);
    const ComponentAccount& account = ledger.account(component);
    if (!account.seen) continue;
    ComponentSample sample = samples_.at(at);
    sample.component = component;
    sample.user_seconds = static_cast<double>(account.user_ticks) / per_second;
    sample.system_seconds = static_cast<double>(account.system_ticks) / per_second;
    if (StaysRunning(component)) sample.restarts = account.restarts;
    seen.push_back(sample);
  }
  return seen;
}

}  // namespace airflow_host
