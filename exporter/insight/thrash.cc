// Judges whether the host thrashes; thrash.h tells the rule.
#include "exporter/insight/thrash.h"

#include <algorithm>

namespace airflow_host {
namespace {

std::optional<double> Number(const std::optional<std::uint64_t>& counter) {
  return counter ? std::optional(static_cast<double>(*counter)) : std::nullopt;
}

/// Pages that were evicted and came back, since boot.
std::optional<double> Refaults(const PagingCounters& paging) {
  constexpr double kPage = 4096;  // For kernels before 5.9 only, so that it need not be exact.
  if (!paging.file_refaults) return std::nullopt;
  const auto from_file = static_cast<double>(*paging.file_refaults);
  if (paging.anonymous_refaults) {
    return from_file + static_cast<double>(*paging.anonymous_refaults);
  }
  return from_file + static_cast<double>(paging.swap_in_bytes.value_or(0)) / kPage;
}

/// True where `now` is less than `before`.
bool Fell(const std::optional<double>& before, const std::optional<double>& now) {
  return before && now && *now < *before;
}

/// Whether at least a sixteenth of the swap is free; of no swap nothing is.
std::optional<bool> SwapLeft(const Meminfo& memory) {
  if (!memory.swap_total_bytes || !memory.swap_free_bytes) return std::nullopt;
  return *memory.swap_total_bytes > 0 && *memory.swap_free_bytes >= *memory.swap_total_bytes / 16;
}

std::optional<double> AvailableShare(const Meminfo& memory) {
  const auto total = Number(memory.total_bytes);
  const auto available = Number(memory.available_bytes);
  if (!total || !available || *total == 0) return std::nullopt;
  return *available / *total;
}

}  // namespace

ThrashJudge::Sample ThrashJudge::SampleOf(const HostObservation& observation, SteadyTime now) {
  Sample sample;
  sample.at = now;
  if (observation.memory_pressure.some) {
    sample.waited_seconds = observation.memory_pressure.some->count();
  }
  const PagingCounters& paging = observation.paging;
  sample.swap_in_bytes = Number(paging.swap_in_bytes);
  sample.swap_out_bytes = Number(paging.swap_out_bytes);
  sample.refaults = Refaults(paging);
  sample.major_faults = Number(paging.major_page_faults);
  return sample;
}

bool ThrashJudge::HasFallen(const Sample& before, const Sample& now) {
  return Fell(before.waited_seconds, now.waited_seconds) ||
         Fell(before.swap_in_bytes, now.swap_in_bytes) ||
         Fell(before.swap_out_bytes, now.swap_out_bytes) || Fell(before.refaults, now.refaults) ||
         Fell(before.major_faults, now.major_faults);
}

ThrashJudge::Evidence ThrashJudge::Compare(const Sample& before, const Sample& now,
                                           const HostObservation& observation) {
  const double seconds = std::chrono::duration<double>(now.at - before.at).count();
  const auto rate = [&](std::optional<double> Sample::*counter) -> std::optional<double> {
    if (!(before.*counter) || !(now.*counter)) return std::nullopt;
    return (*(now.*counter) - *(before.*counter)) / seconds;
  };
  Evidence evidence;
  evidence.waited_share = rate(&Sample::waited_seconds);
  evidence.swap_in_per_second = rate(&Sample::swap_in_bytes);
  evidence.swap_out_per_second = rate(&Sample::swap_out_bytes);
  evidence.refaults_per_second = rate(&Sample::refaults);
  evidence.major_faults_per_second = rate(&Sample::major_faults);
  evidence.swap_left = SwapLeft(observation.memory);
  evidence.available_share = AvailableShare(observation.memory);
  return evidence;
}

std::optional<bool> ThrashJudge::Pages(const Evidence& evidence, const Thresholds& thresholds) {
  const double swap =
      evidence.waited_share ? thresholds.swap_per_second : thresholds.swap_per_second_without_psi;
  std::optional<bool> swaps;
  if (evidence.swap_in_per_second && evidence.swap_out_per_second) {
    swaps = std::min(*evidence.swap_in_per_second, *evidence.swap_out_per_second) >= swap;
  }
  if (swaps.value_or(false) || evidence.swap_left.value_or(true)) return swaps;
  if (!evidence.available_share || !evidence.major_faults_per_second) return swaps;
  return *evidence.available_share < thresholds.available_share &&
         *evidence.major_faults_per_second >= thresholds.major_faults_per_second;
}

std::optional<bool> ThrashJudge::Thrashes(const Evidence& evidence, const Thresholds& thresholds) {
  std::optional<bool> waits;
  if (evidence.waited_share) {
    waits = *evidence.waited_share >= thresholds.waited_share;
  } else if (evidence.major_faults_per_second) {
    waits = *evidence.major_faults_per_second >= thresholds.major_faults_per_second_without_psi;
  }
  const std::optional<bool> pages = Pages(evidence, thresholds);
  if (!waits || !pages || !evidence.refaults_per_second) return std::nullopt;
  return *waits && *pages && *evidence.refaults_per_second >= thresholds.refaults_per_second;
}

void ThrashJudge::Forget() {
  count_ = 0;
  thrashing_.reset();
  otherwise_since_.reset();
}

void ThrashJudge::Keep(const Sample& sample) {
  if (count_ > 0 && sample.at - samples_[(count_ - 1) % kSlots].at < kSpacing) return;
  samples_[count_ % kSlots] = sample;
  ++count_;
}

const ThrashJudge::Sample* ThrashJudge::Before(SteadyTime now) const {
  const Sample* youngest = nullptr;
  for (std::size_t at = 0; at < std::min(count_, kSlots); ++at) {
    const Sample& sample = samples_[at];
    if (now - sample.at < kWindow) continue;
    if (youngest == nullptr || sample.at > youngest->at) youngest = &sample;
  }
  return youngest;
}

void ThrashJudge::Decide(const Evidence& evidence, SteadyTime now) {
  const bool was = thrashing_.value_or(false);
  const std::optional<bool> is = Thrashes(evidence, was ? kLeave : kEnter);
  if (!is) {
    thrashing_.reset();
    otherwise_since_.reset();
    return;
  }
  thrashing_ = was;
  if (*is == was) {
    otherwise_since_.reset();
    return;
  }
  if (!otherwise_since_) otherwise_since_ = now;
  const std::chrono::seconds patience = was ? kLeaveAfter : kEnterAfter;
  if (now - *otherwise_since_ < patience) return;
  thrashing_ = *is;
  otherwise_since_.reset();
}

void ThrashJudge::Absorb(const HostObservation& observation, SteadyTime now) {
  const Sample sample = SampleOf(observation, now);
  if (count_ > 0) {
    const Sample& last = samples_[(count_ - 1) % kSlots];
    if (now - last.at > kLongestGap || HasFallen(last, sample)) Forget();
  }
  if (const Sample* const before = Before(now)) Decide(Compare(*before, sample, observation), now);
  Keep(sample);
}

}  // namespace airflow_host
