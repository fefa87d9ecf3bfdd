// Judges the host and describes the verdicts as metrics.
#include "exporter/insight/host_insight.h"

#include <array>

#include "exporter/insight/swap_advice.h"

namespace airflow_host {
namespace {

constexpr MetricDescription kThrashing = {
    "airflow_host_thrashing",
    "1 while the host moves the same memory out and in again instead of working: memory pressure, "
    "swap traffic both ways and refaults at once (/proc/pressure/memory and /proc/vmstat, sampled "
    "every second), with hysteresis."};
constexpr MetricDescription kSwapRecommended = {
    "airflow_host_swap_recommended_bytes",
    "Swap that suits a host of this much memory (MemTotal of /proc/meminfo): twice the memory up "
    "to "
    "2 GiB, half of it from 4 GiB to 8 GiB, at most 4 GiB; compare airflow_host_swap_total_bytes."};

constexpr std::array kAll = {kThrashing, kSwapRecommended};

}  // namespace

std::span<const MetricDescription> HostVerdictMetrics() { return kAll; }

void DescribeHostVerdict(const HostVerdict& verdict, MetricWriter& writer) {
  writer.Add(kThrashing, verdict.thrashing);
  writer.Add(kSwapRecommended, verdict.swap_recommended_bytes);
}

void HostInsight::Absorb(const HostObservation& observation, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  thrash_.Absorb(observation, now);
  verdict_.thrashing = thrash_.thrashing();
  verdict_.swap_recommended_bytes = RecommendedSwap(observation.memory.total_bytes);
  verdict_.available_bytes = observation.memory.available_bytes;
  absorbed_at_ = now;
}

HostVerdict HostInsight::Verdict(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  return now - absorbed_at_ <= stale_after_ ? verdict_ : HostVerdict{};
}

}  // namespace airflow_host
