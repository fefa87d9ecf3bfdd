// Follows the memory of processes and sums their trends up per component.
#include "exporter/insight/trend_component.h"

#include <algorithm>
#include <optional>

namespace airflow_host {
namespace {

/// Who comes first where there are too many.
enum Rank : int { kNeighbour, kAirflow, kAirflowMain };

Rank RankOf(const ProcessSample& sample) {
  if (!IsAirflow(sample.component)) return kNeighbour;
  return sample.is_main ? kAirflowMain : kAirflow;
}

/// What a leak makes grow, wherever the kernel keeps it.
std::optional<double> AnonymousBytes(const ProcessSample& sample) {
  if (!sample.anon_bytes) return std::nullopt;
  return static_cast<double>(*sample.anon_bytes) +
         static_cast<double>(sample.swap_bytes.value_or(0));
}

/// When the first of the places ends in which a component grows.
std::optional<Exhaustion> EarliestEnd(
    const std::map<const ContainerRoom*, std::vector<WindowEvidence>>& places,
    const MemoryRooms& rooms, TwoTimes now) {
  std::optional<Exhaustion> earliest;
  for (const auto& [container, evidence] : places) {
    const TrendEvidence* const growth = StrongestGrowth(evidence, TrendKind::kAnon);
    const std::optional<double> room =
        container != nullptr ? std::optional(container->bytes) : rooms.host_bytes;
    if (growth == nullptr || !room) continue;
    const auto end = ExhaustionOf(*growth, *room, now);
    if (end && (!earliest || end->expected < earliest->expected)) earliest = end;
  }
  return earliest;
}

}  // namespace

ComponentTrend::ComponentTrend(const std::vector<TrendWindow>& windows,
                               std::chrono::nanoseconds cadence)
    : plan_(PlanTrends(windows, cadence)),
      roster_(plan_, 1, kMostSeries / std::max<std::size_t>(windows.size(), 1)) {
  for (const TrendSeries::Shape& shape : plan_.shapes) {
    const auto width = 2 * shape.width;
    youngest_ = &shape == plan_.shapes.data() ? width : std::min(youngest_, width);
  }
}

std::vector<ComponentTrendReport> ComponentTrend::Absorb(const ComponentObservation& observation,
                                                         TwoTimes now, const MemoryRooms& rooms) {
  GatherCandidates(observation);
  roster_.Follow(candidates_, now.steady);
  for (auto& [identity, entry] : roster_.entries()) {
    const ProcessSample& sample = observation.processes.at(entry.sample);
    // Both times are of the same walk, so that a jump of the wall clock has moved both.
    const std::chrono::nanoseconds age = sample.started_at
                                             ? observation.observed_at - *sample.started_at
                                             : now.steady - entry.first_seen;
    entry.tracks.front().Add(now.steady, age, entry.bytes, scratch_);
  }
  std::vector<ComponentTrendReport> reports;
  for (const auto& [component, places] : SumUp(observation, rooms)) {
    ComponentTrendReport report;
    report.component = observation.NameOf(component);
    const std::vector<WindowEvidence> everywhere = EverywhereOf(places);
    report.trend = Judge(everywhere, plan_.windows, std::nullopt, now);
    if (StrongestGrowth(everywhere, TrendKind::kAnon) != nullptr) {
      report.trend.exhaustion = EarliestEnd(places, rooms, now);
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

void ComponentTrend::GatherCandidates(const ComponentObservation& observation) {
  candidates_.clear();
  for (std::size_t at = 0; at < observation.processes.size(); ++at) {
    const ProcessSample& sample = observation.processes[at];
    if (sample.component == Component::kTask) continue;
    const std::optional<double> bytes = AnonymousBytes(sample);
    if (!bytes) continue;
    const bool young =
        sample.started_at && observation.observed_at - *sample.started_at < youngest_;
    candidates_.push_back({{sample.pid, sample.start_ticks}, RankOf(sample), *bytes, at, !young});
  }
}

std::map<Component, ComponentTrend::Places> ComponentTrend::SumUp(
    const ComponentObservation& observation, const MemoryRooms& rooms) const {
  std::map<Component, Places> sums;
  for (const auto& [identity, entry] : roster_.entries()) {
    const ProcessSample& sample = observation.processes.at(entry.sample);
    const TrendTrack& track = entry.tracks.front();
    for (std::size_t window = 0; window < plan_.windows.size(); ++window) {
      if (!track.evidence(window)) continue;
      auto& place = sums[sample.component][rooms.Around(sample.cgroup_path)];
      const auto same = std::find_if(place.begin(), place.end(), [&](const WindowEvidence& one) {
        return one.window == window;
      });
      if (same == place.end()) {
        place.push_back({TrendKind::kAnon, window, *track.evidence(window)});
      } else {
        same->evidence += *track.evidence(window);
      }
    }
  }
  return sums;
}

std::vector<WindowEvidence> ComponentTrend::EverywhereOf(const Places& places) const {
  std::vector<WindowEvidence> sums;
  for (std::size_t window = 0; window < plan_.windows.size(); ++window) {
    std::optional<TrendEvidence> sum;
    for (const auto& [container, evidence] : places) {
      for (const WindowEvidence& one : evidence) {
        if (one.window != window) continue;
        if (!sum) sum.emplace();
        *sum += one.evidence;
      }
    }
    if (sum) sums.push_back({TrendKind::kAnon, window, *sum});
  }
  return sums;
}

std::vector<ProcessTrendState> ComponentTrend::Save() const {
  std::vector<ProcessTrendState> processes;
  for (const auto& [identity, entry] : roster_.entries()) {
    processes.push_back({identity, {entry.tracks.front().Save()}});
  }
  return processes;
}

void ComponentTrend::Restore(const std::vector<ProcessTrendState>& processes, SteadyTime now) {
  for (const ProcessTrendState& process : processes) {
    roster_.Restore(process.identity, process.tracks, now);
  }
}

}  // namespace airflow_host
