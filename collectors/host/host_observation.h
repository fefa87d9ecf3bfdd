// What the host collector gives: one picture of the host's memory, swap, pressure and processors.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "collectors/collector.h"
#include "collectors/host/filesystems.h"
#include "collectors/host/meminfo.h"
#include "collectors/host/stat.h"
#include "collectors/host/swaps.h"
#include "collectors/host/vmstat.h"
#include "collectors/support/pressure.h"
#include "collectors/support/seconds.h"

namespace airflow_host {

/// The host at one time. What its kernel does not tell is empty.
struct HostObservation final : Observation {
  /// Memory and swap in use, in bytes: /proc/meminfo.
  Meminfo memory;
  /// The lowest memory.available_bytes of this and the last minute's observations, in bytes.
  std::optional<std::uint64_t> memory_available_low_bytes;
  /// Swap files and partitions, in bytes: /proc/swaps.
  std::vector<SwapDevice> swap_devices;
  /// Counters of paging since boot: /proc/vmstat.
  PagingCounters paging;
  /// Time since boot that tasks waited for memory, in seconds: /proc/pressure/memory.
  PressureTotals memory_pressure;
  /// Time since boot that tasks waited for disks, in seconds: /proc/pressure/io.
  PressureTotals io_pressure;
  /// Time since boot that tasks waited for a processor, in seconds: /proc/pressure/cpu.
  PressureTotals cpu_pressure;
  /// Time since this program's start that it was held up by the host, in seconds: StallMeter.
  Seconds stalls{0};
  /// Processors online, their time since boot by mode in seconds, blocked tasks and the time of
  /// boot: /proc/stat. Times that fell by up to three seconds are held.
  KernelStat processors;
  /// Tasks that ran or waited for a disk, averaged over a minute: /proc/loadavg.
  std::optional<double> load1;
  /// Unused directory entries of names that do not exist: /proc/sys/fs/dentry-state.
  std::optional<std::uint64_t> negative_dentries;
  /// Room on file systems in bytes, at most half a minute old: statvfs(3).
  std::vector<FilesystemSpace> filesystems;
};

}  // namespace airflow_host
