// Follows the memory of containers.
#include "exporter/insight/trend_container.h"

#include <algorithm>

namespace airflow_host {
namespace {

/// Which track is which kind's.
constexpr std::size_t kAnonTrack = 0;
constexpr std::size_t kSlabTrack = 1;

double Number(const std::optional<std::uint64_t>& value) {
  return static_cast<double>(value.value_or(0));
}

std::optional<double> AnonymousBytes(const ContainerMemory& memory) {
  if (!memory.anon) return std::nullopt;
  return Number(memory.anon) + Number(memory.swap);
}

std::optional<double> SlabBytes(const ContainerMemory& memory) {
  if (!memory.slab_reclaimable && !memory.slab_unreclaimable) return std::nullopt;
  return Number(memory.slab_reclaimable) + Number(memory.slab_unreclaimable);
}

FollowedContainer IdentityOf(const Container& container) {
  if (container.cgroup_inode != 0) return {container.cgroup_path, container.cgroup_inode};
  if (!container.started_at) return {container.cgroup_path, 0};
  const auto start = std::chrono::floor<std::chrono::seconds>(*container.started_at);
  return {container.cgroup_path, static_cast<std::uint64_t>(start.time_since_epoch().count())};
}

/// Nothing for a container without a limit.
std::optional<MemoryBudget> BudgetOf(const ContainerMemory& memory, const MemoryRooms& rooms) {
  if (!memory.limit) return std::nullopt;
  MemoryBudget budget;
  const double swappable = Number(memory.swap) + rooms.host_swap_bytes.value_or(0);
  budget.limit = Number(memory.limit) +
                 (memory.swap_limit ? std::min(Number(memory.swap_limit), swappable) : swappable);
  budget.anon = AnonymousBytes(memory).value_or(0);
  budget.slab = SlabBytes(memory).value_or(0);
  budget.kernel_dropped = Number(memory.slab_reclaimable);
  const double kernel = memory.kernel ? Number(memory.kernel) : budget.slab;
  budget.kernel_kept = std::max(kernel - budget.kernel_dropped, 0.0);
  if (rooms.host_bytes) budget.host_room = *rooms.host_bytes;
  budget.host_dropped = rooms.host_dropped_bytes;
  return budget;
}

}  // namespace

ContainerTrend::ContainerTrend(const std::vector<TrendWindow>& windows,
                               std::chrono::nanoseconds cadence)
    : plan_(PlanTrends(windows, cadence)), roster_(plan_, 2, kMostContainers) {}

std::vector<ContainerTrendReport> ContainerTrend::Absorb(const ContainerObservation& observation,
                                                         TwoTimes now, const MemoryRooms& rooms) {
  GatherCandidates(observation);
  roster_.Follow(candidates_, now.steady);
  const std::vector<ContainerKey> keys = ContainerKeys(observation.containers);
  std::vector<ContainerTrendReport> reports;
  std::vector<std::vector<WindowEvidence>> evidence(observation.containers.size());
  for (auto& [identity, entry] : roster_.entries()) {
    const Container& container = observation.containers.at(entry.sample);
    Follow(container, observation.observed_at, now, entry);
    auto& known = evidence.at(entry.sample) = EvidenceOf(entry);
    if (!IsShown(container)) continue;
    const auto budget = BudgetOf(container.memory, rooms);
    reports.push_back({keys.at(entry.sample), Judge(known, plan_.windows, budget, now)});
  }
  rooms_.clear();
  for (std::size_t at = 0; at < evidence.size(); ++at) {
    const Container& container = observation.containers[at];
    const auto budget = BudgetOf(container.memory, rooms);
    if (!budget) continue;
    const TrendEvidence* const anon = LatestEvidence(evidence[at], TrendKind::kAnon);
    rooms_.push_back({container.cgroup_path, RoomIn(*budget, anon, nullptr)});
  }
  std::sort(rooms_.begin(), rooms_.end(), [](const ContainerRoom& a, const ContainerRoom& b) {
    return a.cgroup_path < b.cgroup_path;
  });
  return reports;
}

void ContainerTrend::GatherCandidates(const ContainerObservation& observation) {
  candidates_.clear();
  for (std::size_t at = 0; at < observation.containers.size(); ++at) {
    const Container& container = observation.containers[at];
    const double bytes =
        AnonymousBytes(container.memory).value_or(0) + SlabBytes(container.memory).value_or(0);
    // A service that another run followed is of no concern only until it is known what runs in it.
    const bool shown = IsShown(container);
    candidates_.push_back({IdentityOf(container), shown ? 1 : 0, bytes, at, shown});
  }
}

void ContainerTrend::Follow(const Container& container, SystemTime observed_at, TwoTimes now,
                            Roster::Entry& entry) {
  const std::chrono::nanoseconds age =
      container.started_at ? observed_at - *container.started_at : now.steady - entry.first_seen;
  const auto add = [&](std::size_t track, const std::optional<double>& bytes) {
    if (bytes) entry.tracks.at(track).Add(now.steady, age, *bytes, scratch_);
  };
  add(kAnonTrack, AnonymousBytes(container.memory));
  add(kSlabTrack, SlabBytes(container.memory));
}

std::vector<WindowEvidence> ContainerTrend::EvidenceOf(const Roster::Entry& entry) const {
  std::vector<WindowEvidence> all;
  for (const auto& [kind, track] :
       {std::pair(TrendKind::kAnon, kAnonTrack), std::pair(TrendKind::kSlab, kSlabTrack)}) {
    for (std::size_t window = 0; window < plan_.windows.size(); ++window) {
      const auto& evidence = entry.tracks.at(track).evidence(window);
      if (evidence) all.push_back({kind, window, *evidence});
    }
  }
  return all;
}

std::vector<ContainerTrendState> ContainerTrend::Save() const {
  std::vector<ContainerTrendState> containers;
  for (const auto& [identity, entry] : roster_.entries()) {
    containers.push_back(
        {identity, {entry.tracks.at(kAnonTrack).Save(), entry.tracks.at(kSlabTrack).Save()}});
  }
  return containers;
}

void ContainerTrend::Restore(const std::vector<ContainerTrendState>& containers, SteadyTime now) {
  for (const ContainerTrendState& container : containers) {
    roster_.Restore(container.identity, container.tracks, now);
  }
}

}  // namespace airflow_host
