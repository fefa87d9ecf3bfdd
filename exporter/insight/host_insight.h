// What is derived from the host's own observations: whether it thrashes, and how much swap it
// needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "collectors/host/host_observation.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "exporter/insight/thrash.h"

namespace airflow_host {

/// The verdicts at one time. A plain value.
struct HostVerdict {
  std::optional<bool> thrashing;
  std::optional<std::uint64_t> swap_recommended_bytes;
  /// MemAvailable, for other insights.
  std::optional<std::uint64_t> available_bytes = std::nullopt;
};

/// Every metric that DescribeHostVerdict may add. Static storage; any thread.
std::span<const MetricDescription> HostVerdictMetrics();

/// Adds the metrics of `verdict`. Pure; any thread.
void DescribeHostVerdict(const HostVerdict& verdict, MetricWriter& writer);

/// Holds what is remembered of the host. Safe to call from any thread; nothing here blocks for
/// longer than one observation takes to judge, which is microseconds.
class HostInsight {
 public:
  /// `cadence`: how often observations come. Verdicts are dropped four cadences after the last one.
  explicit HostInsight(std::chrono::nanoseconds cadence) : stale_after_(4 * cadence) {}

  /// Learns from one observation, made at `now`. Allocates nothing.
  void Absorb(const HostObservation& observation, SteadyTime now);

  /// The verdicts; all empty where the last observation is stale at `now`.
  HostVerdict Verdict(SteadyTime now) const;

 private:
  const std::chrono::nanoseconds stale_after_;
  mutable std::mutex mutex_;  // Guards what follows.
  ThrashJudge thrash_;
  HostVerdict verdict_;
  SteadyTime absorbed_at_{};
};

}  // namespace airflow_host
