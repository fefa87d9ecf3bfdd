// Reads v2's memory controller and the pressure files.
// https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
#include <algorithm>

#include "collectors/container/cgroup_reader.h"
#include "collectors/container/cgroup_values.h"

namespace airflow_host {
namespace {

/// crun, which podman runs containers with, puts the processes one cgroup deeper.
/// https://github.com/containers/crun/blob/main/crun.1.md (run.oci.systemd.subgroup)
constexpr const char* kInnerCgroup = "container";

/// The smaller of a limit from above and the one in the file `name`.
std::optional<std::uint64_t> Narrow(std::optional<std::uint64_t> above,
                                    const CgroupDirectory& directory, const char* name,
                                    std::string& buffer) {
  const auto text = directory.Read(name, buffer);
  const auto own = text ? ParseLimitFile(*text) : std::nullopt;
  if (!own) return above;
  return above ? std::min(*above, *own) : *own;
}

LimitsV2 NarrowAll(const LimitsV2& above, const CgroupDirectory& directory, std::string& buffer) {
  return {Narrow(above.memory, directory, "memory.max", buffer),
          Narrow(above.swap, directory, "memory.swap.max", buffer),
          Narrow(above.high, directory, "memory.high", buffer)};
}

PressureTotals ReadPressure(const CgroupDirectory& directory, const char* name,
                            std::string& buffer) {
  const auto text = directory.Read(name, buffer);
  return text ? ParsePressure(*text) : PressureTotals{};
}

void ReadEvents(const CgroupDirectory& directory, std::string& buffer,
                ContainerMemoryEvents& events) {
  if (const auto text = directory.Read("memory.events", buffer)) ParseMemoryEvents(*text, events);
  if (const auto text = directory.Read("memory.swap.events", buffer)) {
    events.fail = ParseSwapFailures(*text);
  }
}

void ReadStat(const CgroupDirectory& directory, std::string& buffer, ContainerMemory& memory) {
  const auto text = directory.Read("memory.stat", buffer);
  if (!text) return;
  const MemoryStat stat = ParseMemoryStatV2(*text);
  memory.anon = stat.anon;
  memory.file = stat.file;
  memory.slab_reclaimable = stat.slab_reclaimable;
  memory.slab_unreclaimable = stat.slab_unreclaimable;
  memory.kernel = stat.kernel;
  if (memory.usage && stat.inactive_file) {
    memory.working_set = *memory.usage - std::min(*memory.usage, *stat.inactive_file);
  }
}

}  // namespace

LimitsV2 LimitsOfAncestors::Above(const std::string& path, std::string& buffer) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {};
  // The root's own: a true root has no such files, but the root of a cgroup namespace has.
  const std::string parent = path.substr(0, slash);
  if (const auto known = known_.find(parent); known != known_.end()) return known->second;
  LimitsV2 limits = slash == 0 ? LimitsV2{} : Above(parent, buffer);
  if (const auto directory = CgroupDirectory::Open(root_ + parent)) {
    limits = NarrowAll(limits, *directory, buffer);
  }
  known_.emplace(parent, limits);
  return limits;
}

void ReadMemoryV2(const CgroupDirectory& directory, const LimitsV2& above, std::string& buffer,
                  Container& container) {
  ContainerMemory& memory = container.memory;
  memory.usage = directory.ReadNumber(kUsageFileV2, buffer);
  memory.swap = directory.ReadNumber("memory.swap.current", buffer);
  memory.peak = directory.ReadNumber("memory.peak", buffer);
  ReadStat(directory, buffer, memory);
  LimitsV2 limits = NarrowAll(above, directory, buffer);
  if (container.runtime == ContainerRuntime::kPodman) {
    if (const auto inner = directory.OpenChild(kInnerCgroup)) {
      limits = NarrowAll(limits, *inner, buffer);
    }
  }
  memory.limit = limits.memory;
  memory.swap_limit = limits.swap;
  memory.high = limits.high;
  ReadEvents(directory, buffer, container.events);
  container.memory_pressure = ReadPressure(directory, "memory.pressure", buffer);
  container.io_pressure = ReadPressure(directory, "io.pressure", buffer);
  container.cpu_pressure = ReadPressure(directory, "cpu.pressure", buffer);
}

}  // namespace airflow_host
