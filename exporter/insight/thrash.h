// Whether the host is thrashing: busy moving the same memory out and in again instead of working.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "collectors/host/host_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Judges observation by observation. A pure function of what it has absorbed; bounded, and it
/// allocates nothing. Used by one thread.
///
/// The rule, over the last ten seconds. A host thrashes when all three hold at once for five
/// seconds, and has stopped when for thirty seconds not all three have held at a quarter of these
/// thresholds:
///
/// 1. Pressure: in at least 10 % of the time some task waited for memory (PSI, memory, some). A
///    healthy busy host shows less than 1 %; writing cold memory out costs no task any time.
/// 2. Paging that goes nowhere: at least 256 KiB/s written to swap and as much read back (a swap
/// file
///    on a slow disk carries no more). Either alone is no thrashing: memory that is moved out
///    once, or comes back after the rush. Where no swap is left (there is none, or less than a
///    sixteenth of it is free), the kernel can only drop programs' code and read it again:
///    then less than 10 % of memory available (15 % to leave) and 64 major faults a second.
/// 3. Refaults: at least 64 pages a second that had been evicted a short while before. Kernels
/// before
///    5.9 do not count those of programs' memory, so pages read back from swap stand for them.
///
/// Where the kernel has no PSI, 256 major faults a second stand for the pressure, and swap counts
/// from 1 MiB/s on. A large file read again and again has refaults and, at worst, pressure, but
/// neither swap traffic nor a lack of available memory, since its pages are available.
///
/// Facts: https://docs.kernel.org/accounting/psi.html; what refaults mean: Linux, mm/workingset.c.
class ThrashJudge {
 public:
  static constexpr std::chrono::seconds kWindow{10};
  static constexpr std::chrono::seconds kEnterAfter{5};
  static constexpr std::chrono::seconds kLeaveAfter{30};
  /// After a longer silence nothing of before counts.
  static constexpr std::chrono::minutes kLongestGap{2};

  /// Takes in one observation, made at `now`, which never goes back.
  void Absorb(const HostObservation& observation, SteadyTime now);

  /// The verdict as of the last observation. Empty where it cannot be judged: in the first ten
  /// seconds, after counters fell, or where the kernel does not tell what the rule needs.
  std::optional<bool> thrashing() const { return thrashing_; }

 private:
  /// The counters of one observation.
  struct Sample {
    SteadyTime at{};
    std::optional<double> waited_seconds;  ///< Some task waited for memory.
    std::optional<double> swap_in_bytes;
    std::optional<double> swap_out_bytes;
    std::optional<double> refaults;
    std::optional<double> major_faults;
  };
  /// What was the case in the window.
  struct Evidence {
    std::optional<double> waited_share;  ///< 0 to 1.
    std::optional<double> swap_in_per_second;
    std::optional<double> swap_out_per_second;
    std::optional<double> refaults_per_second;
    std::optional<double> major_faults_per_second;
    std::optional<bool> swap_left;
    std::optional<double> available_share;  ///< 0 to 1.
  };
  /// From where on each kind of evidence counts.
  struct Thresholds {
    double waited_share;
    double swap_per_second;
    double refaults_per_second;
    double major_faults_per_second;
    double available_share;
    double swap_per_second_without_psi;
    double major_faults_per_second_without_psi;
  };

  static constexpr double kKibibyte = 1024;
  static constexpr Thresholds kEnter{.waited_share = 0.10,
                                     .swap_per_second = 256 * kKibibyte,
                                     .refaults_per_second = 64,
                                     .major_faults_per_second = 64,
                                     .available_share = 0.10,
                                     .swap_per_second_without_psi = 1024 * kKibibyte,
                                     .major_faults_per_second_without_psi = 256};
  static constexpr Thresholds kLeave{
      .waited_share = kEnter.waited_share / 4,
      .swap_per_second = kEnter.swap_per_second / 4,
      .refaults_per_second = kEnter.refaults_per_second / 4,
      .major_faults_per_second = kEnter.major_faults_per_second / 4,
      .available_share = 0.15,
      .swap_per_second_without_psi = kEnter.swap_per_second_without_psi / 4,
      .major_faults_per_second_without_psi = kEnter.major_faults_per_second_without_psi / 4};

  static Sample SampleOf(const HostObservation& observation, SteadyTime now);
  static bool HasFallen(const Sample& before, const Sample& now);
  static Evidence Compare(const Sample& before, const Sample& now,
                          const HostObservation& observation);
  static std::optional<bool> Pages(const Evidence& evidence, const Thresholds& thresholds);
  static std::optional<bool> Thrashes(const Evidence& evidence, const Thresholds& thresholds);
  void Forget();
  void Keep(const Sample& sample);
  const Sample* Before(SteadyTime now) const;
  void Decide(const Evidence& evidence, SteadyTime now);

  /// Samples are kept half a second apart at the least, so these reach back over the window.
  static constexpr std::chrono::milliseconds kSpacing{500};
  static constexpr std::size_t kSlots = 24;
  std::array<Sample, kSlots> samples_{};  ///< A ring.
  std::size_t count_ = 0;                 ///< How many were ever kept since the last Forget.
  std::optional<bool> thrashing_;
  std::optional<SteadyTime> otherwise_since_;  ///< Since when the evidence speaks against it.
};

}  // namespace airflow_host
