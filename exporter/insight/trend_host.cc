// Follows the memory of the host.
#include "exporter/insight/trend_host.h"

#include <algorithm>
#include <utility>

namespace airflow_host {
namespace {

double Number(const std::optional<std::uint64_t>& value) {
  return static_cast<double>(value.value_or(0));
}

std::optional<double> AnonymousBytes(const Meminfo& memory) {
  if (!memory.anonymous_bytes) return std::nullopt;
  const double swapped = Number(memory.swap_total_bytes) - Number(memory.swap_free_bytes) -
                         Number(memory.swap_cached_bytes);
  return Number(memory.anonymous_bytes) + std::max(swapped, 0.0);
}

std::optional<double> SlabBytes(const Meminfo& memory) {
  if (!memory.slab_reclaimable_bytes && !memory.slab_unreclaimable_bytes) return std::nullopt;
  return Number(memory.slab_reclaimable_bytes) + Number(memory.slab_unreclaimable_bytes);
}

std::optional<MemoryBudget> BudgetOf(const Meminfo& memory) {
  const auto anon = AnonymousBytes(memory);
  if (!memory.available_bytes || !anon) return std::nullopt;
  MemoryBudget budget;
  budget.anon = *anon;
  budget.slab = SlabBytes(memory).value_or(0);
  budget.kernel_kept = Number(memory.slab_unreclaimable_bytes);
  budget.kernel_dropped = Number(memory.slab_reclaimable_bytes);
  budget.limit = Number(memory.available_bytes) + Number(memory.swap_free_bytes) + budget.anon +
                 budget.kernel_kept;
  return budget;
}

}  // namespace

HostTrend::HostTrend(const std::vector<TrendWindow>& windows, std::chrono::nanoseconds cadence)
    : plan_(PlanTrends(windows, cadence)), anon_(plan_), slab_(plan_) {}

SubjectTrend HostTrend::Absorb(const HostObservation& observation, TwoTimes now) {
  const Meminfo& memory = observation.memory;
  const std::chrono::nanoseconds age = now.steady.time_since_epoch();  // Since boot.
  if (const auto bytes = AnonymousBytes(memory)) anon_.Add(now.steady, age, *bytes, scratch_);
  if (const auto bytes = SlabBytes(memory)) slab_.Add(now.steady, age, *bytes, scratch_);
  const std::vector<WindowEvidence> evidence = Evidence();
  const auto budget = BudgetOf(memory);
  room_.reset();
  if (budget) room_ = RoomIn(*budget, LatestEvidence(evidence, TrendKind::kAnon), nullptr);
  return Judge(evidence, plan_.windows, budget, now);
}

std::vector<WindowEvidence> HostTrend::Evidence() const {
  std::vector<WindowEvidence> all;
  for (const auto& [kind, track] :
       {std::pair(TrendKind::kAnon, &anon_), std::pair(TrendKind::kSlab, &slab_)}) {
    for (std::size_t window = 0; window < plan_.windows.size(); ++window) {
      const auto& evidence = track->evidence(window);
      if (evidence) all.push_back({kind, window, *evidence});
    }
  }
  return all;
}

void HostTrend::Restore(const std::vector<TrendTrackState>& tracks, SteadyTime now) {
  if (tracks.size() != 2) return;
  anon_.Restore(tracks.front(), now);
  slab_.Restore(tracks.back(), now);
}

}  // namespace airflow_host
