// Makes rows of evidence.
#include "exporter/insight/trend_report.h"

#include <algorithm>
#include <cmath>

namespace airflow_host {
namespace {

constexpr double kWander = 3;

/// Bounds relative to the slope; what grows has one above 0.
double Width(const TrendEvidence& evidence) {
  return (std::sqrt(evidence.below_squared) + std::sqrt(evidence.above_squared)) / evidence.slope;
}

/// `seconds` after the time of `level_at`, as the clock on the wall will show it.
SystemTime After(SteadyTime level_at, double seconds, TwoTimes now) {
  const double behind = std::chrono::duration<double>(now.steady - level_at).count();
  return FromSecondsSinceEpoch(SecondsSinceEpoch(now.system) - behind + std::max(seconds, 0.0));
}

}  // namespace

const TrendEvidence* StrongestGrowth(std::span<const WindowEvidence> all, TrendKind kind) {
  const TrendEvidence* strongest = nullptr;
  for (const WindowEvidence& one : all) {
    if (one.kind != kind || !Grows(one.evidence)) continue;
    if (strongest == nullptr || Width(one.evidence) < Width(*strongest)) strongest = &one.evidence;
  }
  return strongest;
}

const TrendEvidence* LatestEvidence(std::span<const WindowEvidence> all, TrendKind kind) {
  const TrendEvidence* shortest = nullptr;
  std::size_t window = 0;
  for (const WindowEvidence& one : all) {
    if (one.kind != kind || (shortest != nullptr && one.window >= window)) continue;
    shortest = &one.evidence;
    window = one.window;
  }
  return shortest;
}

double RoomIn(const MemoryBudget& budget, const TrendEvidence* anon, const TrendEvidence* slab) {
  double taken = budget.kernel_kept + (anon != nullptr ? anon->level : budget.anon);
  if (slab != nullptr) taken += budget.kernel_dropped - budget.slab + slab->level;
  const double host_room = budget.host_room - (slab != nullptr ? budget.host_dropped : 0);
  return std::min(budget.limit - taken, host_room);
}

std::optional<Exhaustion> ExhaustionOf(const TrendEvidence& growth, double room, TwoTimes now) {
  const SlopeEstimate slope = growth.Slope();
  if (!(slope.slope > 0) || !std::isfinite(room)) return std::nullopt;
  const double wander = kWander * std::sqrt(growth.spread_squared);
  Exhaustion exhaustion;
  exhaustion.earliest = After(growth.level_at, (room - wander) / slope.upper - growth.step, now);
  exhaustion.expected = After(growth.level_at, room / slope.slope, now);
  if (slope.lower > 0) {
    exhaustion.latest = After(growth.level_at, (room + wander) / slope.lower + growth.step, now);
  }
  return exhaustion;
}

SubjectTrend Judge(std::span<const WindowEvidence> all, const std::vector<TrendWindow>& windows,
                   const std::optional<MemoryBudget>& budget, TwoTimes now) {
  SubjectTrend subject;
  for (const WindowEvidence& one : all) {
    subject.rows.push_back(
        {one.kind, windows.at(one.window).label, one.evidence.Slope(), Grows(one.evidence)});
  }
  const TrendEvidence* const anon = StrongestGrowth(all, TrendKind::kAnon);
  const TrendEvidence* const slab = StrongestGrowth(all, TrendKind::kSlab);
  if (!budget || (anon == nullptr && slab == nullptr)) return subject;
  const TrendEvidence* const level = anon != nullptr ? anon : LatestEvidence(all, TrendKind::kAnon);
  TrendEvidence growth;
  if (anon != nullptr) growth += *anon;
  if (slab != nullptr) growth += *slab;
  if (anon == nullptr && level != nullptr) growth.spread_squared += level->spread_squared;
  subject.exhaustion = ExhaustionOf(growth, RoomIn(*budget, level, slab), now);
  return subject;
}

}  // namespace airflow_host
