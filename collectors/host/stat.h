// Parses /proc/stat: what the processors did since boot.
//
//   cpu  4203312 9120 1203310 80233104 903312 0 40233 118340 0 0
//   cpu0 2101656 4560 601655 40116552 451656 0 20116 59170 0 0
//   btime 1699999000
//   procs_blocked 3
//
// The first line sums up all processors: user, nice, system, idle, iowait, irq, softirq, steal,
// guest and guest_nice, in units of 1/USER_HZ seconds. user contains guest, and nice contains
// guest_nice.
// https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "collectors/support/clock.h"
#include "collectors/support/seconds.h"

namespace airflow_host {

/// What a processor can be doing, in the order of /proc/stat. Guests' time is left out: it is in
/// user and nice already, so these eight add up to all time.
inline constexpr std::array<std::string_view, 8> kCpuModes = {"user",   "nice", "system",  "idle",
                                                              "iowait", "irq",  "softirq", "steal"};

/// Time since boot spent in each of kCpuModes, all processors together; empty where not given.
using CpuTimes = std::array<std::optional<Seconds>, kCpuModes.size()>;

/// What the project needs of /proc/stat.
struct KernelStat {
  /// The line "cpu".
  CpuTimes cpu_times;
  /// How many lines "cpuN" there are: processors that are online.
  std::optional<std::uint64_t> cpus;
  /// procs_blocked: tasks that wait for a disk (or for memory that must come from one) right now.
  std::optional<std::uint64_t> processes_blocked;
  /// btime: when the host booted, to the second.
  std::optional<SystemTime> boot_time;
};

/// Parses the content of /proc/stat; `ticks_per_second` is USER_HZ. Total: what is unknown or torn
/// leaves its field empty. Any thread.
KernelStat ParseStat(std::string_view text, std::uint64_t ticks_per_second);

/// `now` with each time that fell since `before` held at its old value: idle and iowait can run
/// backwards by a little, which Prometheus would take for a reboot. A fall by more than three
/// seconds is believed. Pure. Any thread.
CpuTimes WithoutSmallFalls(const CpuTimes& before, const CpuTimes& now);

}  // namespace airflow_host
