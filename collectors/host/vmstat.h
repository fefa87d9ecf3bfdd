// Parses /proc/vmstat: the kernel's counters of paging since boot.
//
//   workingset_refault_anon 48213
//   workingset_refault_file 1840233
//   pswpin 51204
//   pswpout 180311
//   pgmajfault 93012
//   oom_kill 3
//
// https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files (memory.stat tells what
// the same counters mean); Linux, mm/vmstat.c, vmstat_text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// Counters since boot. A counter that the kernel does not write is empty.
struct PagingCounters {
  /// pswpin: bytes read back from swap.
  std::optional<std::uint64_t> swap_in_bytes;
  /// pswpout: bytes written to swap.
  std::optional<std::uint64_t> swap_out_bytes;
  /// pgmajfault: page faults that had to wait for a disk.
  std::optional<std::uint64_t> major_page_faults;
  /// workingset_refault_anon (Linux 5.9): pages of programs' memory needed again soon after they
  /// had been swapped out.
  std::optional<std::uint64_t> anonymous_refaults;
  /// workingset_refault_file: pages of files needed again soon after they had been dropped. Kernels
  /// before 5.9 have one counter, workingset_refault, and it counts these pages only.
  std::optional<std::uint64_t> file_refaults;
  /// oom_kill (Linux 4.13): processes killed for want of memory, the host's or a container's.
  std::optional<std::uint64_t> oom_kills;
};

/// Parses the content of /proc/vmstat; `page_size` in bytes. Total: what is unknown or torn leaves
/// its field empty, as does what does not fit into 64 bits. Any thread.
PagingCounters ParseVmstat(std::string_view text, std::uint64_t page_size);

}  // namespace airflow_host
