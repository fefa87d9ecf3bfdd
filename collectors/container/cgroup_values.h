// The formats of the control groups' files, v1 and v2. Values that are not there are empty: kernels
// differ by version and by configuration.
//
// memory.stat (v2)         memory.stat (v1)                                memory.events (v2)
//   anon 301989888           cache 9940992                                   low 0
//   file 52428800            total_cache 697610240                           high 0
//   kernel 20971520          total_rss 93216768                              max 17
//   inactive_file 10485760   hierarchical_memory_limit 9223372036854771712   oom 1
//                                                                            oom_kill 1
// memory.max: "805306368" or "max"; memory.oom_control (v1): "oom_kill_disable 0\n...oom_kill 1\n"
// memory.pressure: "some avg10=0.00 avg60=0.00 avg300=0.00 total=4582\nfull avg10=... total=4321\n"
// https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
// https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
// https://docs.kernel.org/accounting/psi.html
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "collectors/container/container_observation.h"

namespace airflow_host {

/// The fields of memory.stat that we use, in bytes.
struct MemoryStat {
  std::optional<std::uint64_t> anon;
  std::optional<std::uint64_t> file;
  std::optional<std::uint64_t> inactive_file;
  std::optional<std::uint64_t> slab_reclaimable;    ///< v2 only.
  std::optional<std::uint64_t> slab_unreclaimable;  ///< v2 only.
  std::optional<std::uint64_t> kernel;              ///< v2 only, Linux 5.18.
  std::optional<std::uint64_t> swap;                ///< v1 only.
  /// v1 only: smallest limit on the way to the root; empty where unlimited.
  std::optional<std::uint64_t> memory_limit;
  /// v1 only: the same of memory and swap together.
  std::optional<std::uint64_t> memory_and_swap_limit;
};

/// Reads v2's memory.stat. Pure and total; any thread (as all functions here).
MemoryStat ParseMemoryStatV2(std::string_view text);

/// Reads v1's memory.stat: the `total_` fields, which hold the cgroups below too.
MemoryStat ParseMemoryStatV1(std::string_view text);

/// Reads v2's memory.events or v1's memory.oom_control into `events`; keeps what is not in `text`.
void ParseMemoryEvents(std::string_view text, ContainerMemoryEvents& events);

/// Reads `fail` of v2's memory.swap.events (whose `high` and `max` mean swap, not memory).
std::optional<std::uint64_t> ParseSwapFailures(std::string_view text);

/// A file that holds one number and a newline.
std::optional<std::uint64_t> ParseNumberFile(std::string_view text);

/// A limit in bytes; nothing where there is none: v2's "max", v1's PAGE_COUNTER_MAX, which is the
/// largest multiple of the page size (9223372036854771712 where pages have 4 KiB).
std::optional<std::uint64_t> ParseLimitFile(std::string_view text);

/// Adds the process ids of a cgroup.procs to `ids`: one per line, 0 for a process of another pid
/// namespace.
void ParseProcessIds(std::string_view text, std::vector<std::uint64_t>& ids);

}  // namespace airflow_host
