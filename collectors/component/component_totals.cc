// Sums of processes per component.
#include "collectors/component/component_totals.h"

#include <algorithm>

namespace airflow_host {
namespace {

void AddTo(std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> value) {
  if (value) sum = sum.value_or(0) + *value;
}

/// How much of its limit of file descriptors a process has used up; with no limit known, a process
/// counts by their number alone, behind those with one.
double Exhaustion(std::optional<std::uint64_t> open, std::optional<std::uint64_t> most) {
  if (!open) return -1;
  const auto count = static_cast<double>(*open);
  if (!most) return count / 1e15;
  return count / static_cast<double>(std::max<std::uint64_t>(*most, 1));
}

}  // namespace

void ComponentTotals::Add(const KnownProcess& process, const ProcessDetails& details) {
  if (!process.classification.component) return;
  const std::size_t index = IndexOf(*process.classification.component);
  const ProcessMemory& memory = details.memory;
  ComponentSample& sample = samples_.at(index);
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
  AddShares(details, shares_.at(index));
  AddDescriptors(details.costly, sample);
}

void ComponentTotals::AddShares(const ProcessDetails& details, Shares& shares) {
  const CostlyFacts& costly = details.costly;
  if (costly.denied) shares.denied = true;
  const auto pss = costly.PssOf(details.memory.rss);
  const auto private_memory = costly.PrivateOf(details.memory.rss);
  if (!pss || !private_memory) return;
  shares.pss += static_cast<double>(*pss);
  shares.private_memory += static_cast<double>(*private_memory);
  shares.rss += static_cast<double>(*details.memory.rss);
}

void ComponentTotals::AddDescriptors(const CostlyFacts& costly, ComponentSample& sample) {
  if (Exhaustion(costly.open_fds, costly.max_fds) <= Exhaustion(sample.open_fds, sample.max_fds)) {
    return;
  }
  sample.open_fds = costly.open_fds;
  sample.max_fds = costly.max_fds;
}

std::vector<ComponentSample> ComponentTotals::Take(const ComponentLedger& ledger) const {
  const auto per_second = static_cast<double>(TicksPerSecond());
  std::vector<ComponentSample> seen;
  for (std::size_t at = 0; at < kComponentLimit; ++at) {
    const Component component = ComponentAt(at);
    const ComponentAccount& account = ledger.account(component);
    if (!account.seen) continue;
    ComponentSample sample = samples_.at(at);
    sample.component = component;
    sample.user_seconds = static_cast<double>(account.user_ticks) / per_second;
    sample.system_seconds = static_cast<double>(account.system_ticks) / per_second;
    if (StaysRunning(component)) sample.restarts = account.restarts;
    const Shares& shares = shares_.at(at);
    // A part of the sum would pass for the whole, so one that is denied leaves nothing. One whose
    // turn has not come yet is taken for what the others are on average: mostly forks of one
    // parent.
    if (!shares.denied && shares.rss > 0 && sample.rss_bytes) {
      const double scale = static_cast<double>(*sample.rss_bytes) / shares.rss;
      sample.pss_bytes = static_cast<std::uint64_t>(shares.pss * scale);
      sample.private_bytes = static_cast<std::uint64_t>(shares.private_memory * scale);
    }
    seen.push_back(sample);
  }
  return seen;
}

}  // namespace airflow_host
