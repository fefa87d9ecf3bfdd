// Reads v1's memory controller: memory.usage_in_bytes and its siblings.
// https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
#include <algorithm>

#include "collectors/container/cgroup_reader.h"
#include "collectors/container/cgroup_values.h"

namespace airflow_host {
namespace {

/// v1 limits memory and swap together; the difference is what Docker calls the swap limit.
std::optional<std::uint64_t> SwapLimit(const MemoryStat& stat) {
  if (!stat.memory_and_swap_limit || !stat.memory_limit) return std::nullopt;
  return *stat.memory_and_swap_limit - std::min(*stat.memory_and_swap_limit, *stat.memory_limit);
}

/// A charge that fails is counted once: by the limit of memory and swap together, which is tried
/// first and is the only one that counts where both are the same (docker run -m X --memory-swap X),
/// or else by that of memory. (Linux 6.18 does not count the former any more.)
std::optional<std::uint64_t> LimitHits(const CgroupDirectory& directory, std::string& buffer) {
  const auto memory = directory.ReadNumber("memory.failcnt", buffer);
  const auto with_swap = directory.ReadNumber("memory.memsw.failcnt", buffer);
  if (!memory) return with_swap;
  return *memory + with_swap.value_or(0);
}

}  // namespace

void ReadMemoryV1(const CgroupDirectory& directory, std::string& buffer, Container& container) {
  ContainerMemory& memory = container.memory;
  memory.usage = directory.ReadNumber(kUsageFileV1, buffer);
  memory.peak = directory.ReadNumber("memory.max_usage_in_bytes", buffer);
  memory.kernel = directory.ReadNumber("memory.kmem.usage_in_bytes", buffer);
  container.events.max = LimitHits(directory, buffer);
  if (const auto text = directory.Read("memory.stat", buffer)) {
    const MemoryStat stat = ParseMemoryStatV1(*text);
    memory.anon = stat.anon;
    memory.file = stat.file;
    memory.swap = stat.swap;
    memory.limit = stat.memory_limit;
    memory.swap_limit = SwapLimit(stat);
    if (memory.usage && stat.inactive_file) {
      memory.working_set = *memory.usage - std::min(*memory.usage, *stat.inactive_file);
    }
  }
  if (const auto text = directory.Read("memory.oom_control", buffer)) {
    ParseMemoryEvents(*text, container.events);
  }
}

}  // namespace airflow_host
