// Follows the memory of processes and sums their trends up per component.
#include "exporter/insight/trend_component.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace airflow_host {
namespace {

/// What a leak makes grow, wherever the kernel keeps it.
std::optional<double> AnonymousBytes(const ProcessSample& sample) {
  if (!sample.anon_bytes) return std::nullopt;
  return static_cast<double>(*sample.anon_bytes) +
         static_cast<double>(sample.swap_bytes.value_or(0));
}

}  // namespace

ComponentTrend::ComponentTrend(ComponentTrendSettings settings) : settings_(std::move(settings)) {
  for (const TrendWindow& window : settings_.windows) {
    shapes_.push_back(TrendSeries::ShapeOf(window.length, settings_.cadence));
    const auto width = 2 * shapes_.back().width;
    youngest_ = shapes_.size() == 1 ? width : std::min(youngest_, width);
  }
  most_tracked_ = kMostSeries / std::max<std::size_t>(shapes_.size(), 1);
}

void ComponentTrend::Absorb(const ComponentObservation& observation, SteadyTime now) {
  GatherCandidates(observation);
  FollowKnown(now);
  Admit(now);
}

void ComponentTrend::GatherCandidates(const ComponentObservation& observation) {
  candidates_.clear();
  for (const ProcessSample& sample : observation.processes) {
    if (sample.component == Component::kTask) continue;
    const std::optional<double> bytes = AnonymousBytes(sample);
    if (!bytes) continue;
    // Both times are of the same walk, so that a jump of the wall clock has moved both.
    const bool young =
        sample.started_at && observation.observed_at - *sample.started_at < youngest_;
    const Identity identity{sample.pid, sample.start_ticks};
    const bool known = std::any_of(tracked_.begin(), tracked_.end(), [&](const Tracked& tracked) {
      return tracked.identity == identity;
    });
    if (young && !known) continue;
    candidates_.push_back({identity, sample.component, RankOf(sample), *bytes});
  }
}

void ComponentTrend::FollowKnown(SteadyTime now) {
  for (Tracked& tracked : tracked_) tracked.alive = false;
  const auto is_known = [&](const Candidate& candidate) {
    const auto found = std::find_if(tracked_.begin(), tracked_.end(), [&](const Tracked& tracked) {
      return tracked.identity == candidate.identity;
    });
    if (found == tracked_.end() || found->component != candidate.component) return false;
    Follow(*found, candidate.bytes, now);
    return true;
  };
  std::erase_if(candidates_, is_known);
  std::erase_if(tracked_, [](const Tracked& tracked) { return !tracked.alive; });
}

void ComponentTrend::Follow(Tracked& tracked, double bytes, SteadyTime now) {
  tracked.alive = true;
  tracked.bytes = bytes;
  for (TrendSeries& series : tracked.series) {
    if (series.Add(now, bytes)) series.Fit(scratch_);
  }
}

ComponentTrend::Rank ComponentTrend::RankOf(const ProcessSample& sample) {
  if (!IsAirflow(sample.component)) return Rank::kNeighbour;
  return sample.is_main ? Rank::kAirflowMain : Rank::kAirflow;
}

void ComponentTrend::Admit(SteadyTime now) {
  std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(a.rank, a.bytes) > std::pair(b.rank, b.bytes);
  });
  for (const Candidate& candidate : candidates_) {
    if (!MakeRoomFor(candidate)) return;  // Nor for any that comes behind it.
    Tracked tracked{candidate.identity, candidate.component, candidate.rank, 0, true, {}};
    for (const TrendSeries::Shape& shape : shapes_) tracked.series.emplace_back(shape);
    Follow(tracked, candidate.bytes, now);
    tracked_.push_back(std::move(tracked));
  }
}

bool ComponentTrend::MakeRoomFor(const Candidate& candidate) {
  if (tracked_.size() < most_tracked_) return true;
  const auto least =
      std::min_element(tracked_.begin(), tracked_.end(), [](const Tracked& a, const Tracked& b) {
        return std::pair(a.rank, a.bytes) < std::pair(b.rank, b.bytes);
      });
  if (least == tracked_.end() || candidate.rank < least->rank) return false;
  // Within a rank only a much larger one, so that two of a size do not take turns and lose their
  // past each time.
  if (candidate.rank == least->rank && candidate.bytes <= 2 * least->bytes) return false;
  tracked_.erase(least);
  return true;
}

TrendReport ComponentTrend::Report() const {
  TrendReport report;
  for (std::size_t at = 0; at < kComponentCount; ++at) AddRows(ComponentAt(at), report);
  return report;
}

void ComponentTrend::AddRows(Component component, TrendReport& report) const {
  for (std::size_t window = 0; window < shapes_.size(); ++window) {
    ComponentTrendRow row;
    double squares_below = 0;
    double squares_above = 0;
    for (const Tracked& tracked : tracked_) {
      const TrendSeries& series = tracked.series.at(window);
      const std::optional<SlopeEstimate>& estimate = series.estimate();
      if (tracked.component != component || !estimate) continue;
      row.bytes_per_second.slope += estimate->slope;
      squares_below += std::pow(estimate->slope - estimate->lower, 2);
      squares_above += std::pow(estimate->upper - estimate->slope, 2);
      row.covered = row.processes == 0 ? series.Covered() : std::min(row.covered, series.Covered());
      ++row.processes;
    }
    if (row.processes == 0) continue;
    row.component = component;
    row.window = settings_.windows.at(window).label;
    row.bytes_per_second.lower = row.bytes_per_second.slope - std::sqrt(squares_below);
    row.bytes_per_second.upper = row.bytes_per_second.slope + std::sqrt(squares_above);
    report.components.push_back(std::move(row));
  }
}

}  // namespace airflow_host
