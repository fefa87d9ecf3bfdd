// Names, helps and types of the host's metrics. For host_metrics.cc alone.
#pragma once

#include <array>

#include "collectors/support/metric_writer.h"

namespace airflow_host::host_metrics {

inline constexpr auto kCounter = prometheus::MetricType::Counter;

inline constexpr MetricDescription kMemoryTotal{
    "airflow_host_memory_total_bytes",
    "Memory that the kernel can use (MemTotal of /proc/meminfo)."};
inline constexpr MetricDescription kMemoryAvailable{
    "airflow_host_memory_available_bytes",
    "Memory that programs can still take before the host has to swap (MemAvailable of "
    "/proc/meminfo), sampled every second by default."};
inline constexpr MetricDescription kMemoryAvailableLow{
    "airflow_host_memory_available_low_bytes",
    "Lowest available memory of the last minute's samples (MemAvailable of /proc/meminfo, sampled "
    "every second): shows peaks between two scrapes."};
inline constexpr MetricDescription kMemoryFree{
    "airflow_host_memory_free_bytes",
    "Memory that nothing uses, not even a cache (MemFree of /proc/meminfo), sampled every second "
    "by default."};
inline constexpr MetricDescription kMemoryAnonymous{
    "airflow_host_memory_anonymous_bytes",
    "Memory of programs that no file holds, as heaps and stacks (AnonPages of /proc/meminfo), "
    "sampled every second by default."};
inline constexpr MetricDescription kMemoryCached{
    "airflow_host_memory_cached_bytes",
    "Page cache, shared memory and tmpfs included, buffers and swap cache not (Cached of "
    "/proc/meminfo), sampled every second by default."};
inline constexpr MetricDescription kMemoryShared{
    "airflow_host_memory_shared_bytes",
    "Shared memory and tmpfs; part of cached, but it cannot be dropped (Shmem of /proc/meminfo), "
    "sampled every second by default."};
inline constexpr MetricDescription kSlabReclaimable{
    "airflow_host_memory_slab_reclaimable_bytes",
    "Kernel objects that can be dropped, such as cached names of files (SReclaimable of "
    "/proc/meminfo), sampled every second by default."};
inline constexpr MetricDescription kSlabUnreclaimable{
    "airflow_host_memory_slab_unreclaimable_bytes",
    "Kernel objects that cannot be dropped (SUnreclaim of /proc/meminfo), sampled every second by "
    "default."};
inline constexpr MetricDescription kCommitted{
    "airflow_host_memory_committed_bytes",
    "Memory promised to programs, used or not (Committed_AS of /proc/meminfo), sampled every "
    "second."};
inline constexpr MetricDescription kCommitLimit{
    "airflow_host_memory_commit_limit_bytes",
    "Memory that may be promised to programs; binding only where vm.overcommit_memory is 2 "
    "(CommitLimit of /proc/meminfo)."};
inline constexpr MetricDescription kSwapTotal{"airflow_host_swap_total_bytes",
                                              "Size of all swap (SwapTotal of /proc/meminfo)."};
inline constexpr MetricDescription kSwapFree{
    "airflow_host_swap_free_bytes",
    "Swap that is not in use (SwapFree of /proc/meminfo), sampled every second by default."};
inline constexpr MetricDescription kSwapCached{
    "airflow_host_swap_cached_bytes",
    "Pages that are in memory again and still in swap (SwapCached of /proc/meminfo), sampled every "
    "second."};
inline constexpr MetricDescription kSwapDeviceSize{
    "airflow_host_swap_device_size_bytes", "Size of one swap file or partition (/proc/swaps)."};
inline constexpr MetricDescription kSwapDeviceUsed{
    "airflow_host_swap_device_used_bytes",
    "Swap in use on one swap file or partition (/proc/swaps), sampled every second by default."};
inline constexpr MetricDescription kSwapIn{"airflow_host_swap_in_bytes_total",
                                           "Bytes read back from swap since boot (pswpin of "
                                           "/proc/vmstat), sampled every second by default.",
                                           kCounter};
inline constexpr MetricDescription kSwapOut{
    "airflow_host_swap_out_bytes_total",
    "Bytes written to swap since boot (pswpout of /proc/vmstat), sampled every second by default.",
    kCounter};
inline constexpr MetricDescription kMajorPageFaults{
    "airflow_host_major_page_faults_total",
    "Page faults that had to wait for a disk since boot (pgmajfault of /proc/vmstat), sampled "
    "every second.",
    kCounter};
inline constexpr MetricDescription kRefaults{
    "airflow_host_refaults_total",
    "Pages needed again soon after they had been evicted since boot: anon from swap, file from a "
    "file (workingset_refault of /proc/vmstat; kernels before 5.9 count file only), sampled every "
    "second.",
    kCounter};
inline constexpr MetricDescription kOomKills{
    "airflow_host_oom_kills_total",
    "Processes that the kernel killed for want of memory since boot, in containers too (oom_kill "
    "of /proc/vmstat), sampled every second by default.",
    kCounter};
inline constexpr MetricDescription kPressure{
    "airflow_host_pressure_stalled_seconds_total",
    "Time since boot in which some or all (full) tasks waited for a resource (total of "
    "/proc/pressure), sampled every second by default; full has no meaning for cpu, where kernels "
    "write 0.",
    kCounter};
inline constexpr MetricDescription kStalls{
    "airflow_host_stall_seconds_total",
    "Time in which the host was frozen since this program started: lateness of its own timer "
    "beyond half a second.",
    kCounter};
inline constexpr MetricDescription kCpus{"airflow_host_cpus",
                                         "Processors that are online (cpuN lines of /proc/stat)."};
inline constexpr MetricDescription kCpuSeconds{
    "airflow_host_cpu_seconds_total",
    "Time of all processors since boot by what they did (cpu line of /proc/stat; guests are part "
    "of user and nice), sampled every second by default.",
    kCounter};
inline constexpr MetricDescription kLoad1{
    "airflow_host_load1",
    "Tasks that ran or waited for a disk, averaged over a minute (/proc/loadavg), sampled every "
    "second."};
inline constexpr MetricDescription kProcessesBlocked{
    "airflow_host_processes_blocked",
    "Tasks that wait for a disk right now (procs_blocked of /proc/stat), sampled every second by "
    "default."};
inline constexpr MetricDescription kBootTimestamp{
    "airflow_host_boot_timestamp_seconds",
    "When the host booted, in seconds since 1970 (btime of /proc/stat)."};
inline constexpr MetricDescription kDentriesNegative{
    "airflow_host_dentries_negative",
    "Cached names of files that do not exist (fifth field of /proc/sys/fs/dentry-state, Linux 5.0 "
    "and later), sampled every second by default."};
inline constexpr MetricDescription kFilesystemSize{
    "airflow_host_filesystem_size_bytes",
    "Size of a local file system (statvfs), sampled every 30 seconds; network and FUSE file "
    "systems are never asked."};
inline constexpr MetricDescription kFilesystemAvailable{
    "airflow_host_filesystem_available_bytes",
    "Room left on a local file system for programs that are not root's (statvfs), sampled every "
    "30 seconds."};

/// All of the above, in the order of the page.
inline constexpr std::array kHostMetrics = {kMemoryTotal,
                                            kMemoryAvailable,
                                            kMemoryAvailableLow,
                                            kMemoryFree,
                                            kMemoryAnonymous,
                                            kMemoryCached,
                                            kMemoryShared,
                                            kSlabReclaimable,
                                            kSlabUnreclaimable,
                                            kCommitted,
                                            kCommitLimit,
                                            kSwapTotal,
                                            kSwapFree,
                                            kSwapCached,
                                            kSwapDeviceSize,
                                            kSwapDeviceUsed,
                                            kSwapIn,
                                            kSwapOut,
                                            kMajorPageFaults,
                                            kRefaults,
                                            kOomKills,
                                            kPressure,
                                            kStalls,
                                            kCpus,
                                            kCpuSeconds,
                                            kLoad1,
                                            kProcessesBlocked,
                                            kBootTimestamp,
                                            kDentriesNegative,
                                            kFilesystemSize,
                                            kFilesystemAvailable};

}  // namespace airflow_host::host_metrics
