// Parses /proc/meminfo: how the host's memory and swap are used right now.
//
//   MemTotal:        3979308 kB
//   MemFree:          131072 kB
//   MemAvailable:     590848 kB
//   HugePages_Total:       0
//
// https://docs.kernel.org/filesystems/proc.html#meminfo
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// What the project needs of /proc/meminfo, in bytes. A field that the kernel does not write is
/// empty.
struct Meminfo {
  /// MemTotal: memory that the kernel can use.
  std::optional<std::uint64_t> total_bytes;
  /// MemAvailable (Linux 3.14): what new programs can take before the host has to swap.
  std::optional<std::uint64_t> available_bytes;
  /// MemFree: memory that nothing uses, not even a cache.
  std::optional<std::uint64_t> free_bytes;
  /// AnonPages: the programs' own memory, as heaps and stacks.
  std::optional<std::uint64_t> anonymous_bytes;
  /// Cached: the page cache with shared memory and tmpfs (Shmem), without Buffers and SwapCached.
  std::optional<std::uint64_t> cached_bytes;
  /// Shmem: shared memory and tmpfs; counted in Cached too, but it cannot be dropped.
  std::optional<std::uint64_t> shared_bytes;
  /// SReclaimable: kernel objects that can be dropped, such as cached directory entries.
  std::optional<std::uint64_t> slab_reclaimable_bytes;
  /// SUnreclaim: kernel objects that cannot be dropped.
  std::optional<std::uint64_t> slab_unreclaimable_bytes;
  /// Committed_AS: what programs have been promised, used or not.
  std::optional<std::uint64_t> committed_bytes;
  /// CommitLimit: what may be promised; binding only where vm.overcommit_memory is 2.
  std::optional<std::uint64_t> commit_limit_bytes;
  /// SwapTotal.
  std::optional<std::uint64_t> swap_total_bytes;
  /// SwapFree.
  std::optional<std::uint64_t> swap_free_bytes;
  /// SwapCached: in memory again and still in swap.
  std::optional<std::uint64_t> swap_cached_bytes;
};

/// Parses the content of /proc/meminfo. Total: lines that are unknown, torn or not in kB leave
/// their field empty. Any thread.
Meminfo ParseMeminfo(std::string_view text);

}  // namespace airflow_host
