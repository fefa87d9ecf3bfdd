// What the container collector saw: the memory, events, pressure and processes of every container,
// as the kernel's control groups tell them, and the names that a container engine adds.
// https://docs.kernel.org/admin-guide/cgroup-v2.html, .../cgroup-v1/memory.html
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.h"
#include "collectors/support/pressure.h"

namespace airflow_host {

/// What started a container, as its cgroup's name tells it.
/// A systemd service is no container, but it has a cgroup of its own and restarts as one does.
enum class ContainerRuntime { kDocker, kContainerd, kCrio, kPodman, kSystemd };

/// The runtime's name as it stands in labels: "docker", "containerd", "crio", "podman", "systemd".
/// Any thread.
constexpr std::string_view RuntimeName(ContainerRuntime runtime) {
  switch (runtime) {
    case ContainerRuntime::kDocker:
      return "docker";
    case ContainerRuntime::kContainerd:
      return "containerd";
    case ContainerRuntime::kCrio:
      return "crio";
    case ContainerRuntime::kPodman:
      return "podman";
    case ContainerRuntime::kSystemd:
      return "systemd";
  }
  return "";
}

/// The name of a pod's sandbox, the process `pause`, as the kubelet and cAdvisor write it.
inline constexpr const char* kSandboxName = "POD";

/// The memory of one container with all that runs below it, in bytes. Empty: the kernel does not
/// tell it (the v1 controller knows no slab), or for a limit: there is none.
struct ContainerMemory {
  /// v2 memory.current, v1 memory.usage_in_bytes.
  std::optional<std::uint64_t> usage;
  /// usage - inactive_file, at least 0: what the kubelet evicts by, after cAdvisor.
  std::optional<std::uint64_t> working_set;
  /// memory.stat: v2 anon; v1 total_rss (with the swap cache).
  std::optional<std::uint64_t> anon;
  /// memory.stat: v2 file, v1 total_cache; the page cache with tmpfs and shared memory.
  std::optional<std::uint64_t> file;
  /// memory.stat (v2): kernel objects that go under pressure, mostly dentries and inodes.
  std::optional<std::uint64_t> slab_reclaimable;
  /// memory.stat (v2): kernel objects that stay.
  std::optional<std::uint64_t> slab_unreclaimable;
  /// All kernel memory: v2 memory.stat kernel (Linux 5.18), v1 memory.kmem.usage_in_bytes.
  std::optional<std::uint64_t> kernel;
  /// v2 memory.swap.current, v1 memory.stat total_swap.
  std::optional<std::uint64_t> swap;
  /// Highest usage so far: v2 memory.peak (Linux 5.19), v1 memory.max_usage_in_bytes.
  std::optional<std::uint64_t> peak;
  /// Smallest hard limit on the way to the root: v2 memory.max, v1 hierarchical_memory_limit.
  std::optional<std::uint64_t> limit;
  /// Smallest swap limit on the way to the root: v2 memory.swap.max; v1 hierarchical_memsw_limit
  /// less the memory limit, as Docker translates between the two.
  std::optional<std::uint64_t> swap_limit;
  /// Smallest throttling threshold on the way to the root: v2 memory.high.
  std::optional<std::uint64_t> high;
};

/// How often something happened to a container's memory.
struct ContainerMemoryEvents {
  std::optional<std::uint64_t> low;   ///< Reclaimed although below memory.low (v2 memory.events).
  std::optional<std::uint64_t> high;  ///< Throttled at memory.high (v2 memory.events).
  std::optional<std::uint64_t> max;   ///< Hit its limit (v2 memory.events; v1 memory.failcnt,
                                      ///< with memory.memsw.failcnt).
  std::optional<std::uint64_t> oom;   ///< The limit could not be kept (v2 memory.events).
  /// Processes killed by the OOM killer (v2 memory.events, v1 memory.oom_control; Linux 4.13).
  std::optional<std::uint64_t> oom_kill;
  std::optional<std::uint64_t> fail;  ///< Swap could not be had (v2 memory.swap.events).
};

/// One container.
struct Container {
  /// Below the root of the memory hierarchy, as the kernel names it: "/docker/<id>". The key of
  /// /proc/PID/cgroup and of the kernel's OOM messages.
  std::string cgroup_path;
  /// The inode of its cgroup's directory: the kernel gives the number to no other cgroup while the
  /// machine runs, so it tells a restarted container (same id, same path) from its former self.
  std::uint64_t cgroup_inode = 0;
  /// 64 hexadecimal digits; of a systemd service its unit's name.
  std::string id;
  ContainerRuntime runtime = ContainerRuntime::kDocker;
  /// The engine's name of it, the container's name within its pod ("POD" for the pod's sandbox), or
  /// the unit's name, after its user's manager if it has one; empty where not known.
  std::string name;
  std::string compose_project;  ///< Label com.docker.compose.project; empty outside compose.
  std::string compose_service;  ///< Label com.docker.compose.service; empty outside compose.
  std::string pod_namespace;    ///< Kubernetes; empty elsewhere or where not known.
  std::string pod;              ///< Kubernetes; empty elsewhere or where not known.
  std::string pod_uid;          ///< Kubernetes, from the cgroup's path; empty elsewhere.
  /// Which part of Airflow runs in it. Left empty here: an insight that joins containers with
  /// processes fills it in, on a copy.
  std::string component;

  ContainerMemory memory;
  ContainerMemoryEvents events;  ///< Since its cgroup was made.
  /// How often, within this cgroup and since the exporter started, all processes gave way to
  /// others: systemd may start a service again in the cgroup that it had.
  std::uint64_t restarts_in_place = 0;
  PressureTotals memory_pressure;  ///< v2 memory.pressure.
  PressureTotals io_pressure;      ///< v2 io.pressure.
  PressureTotals cpu_pressure;     ///< v2 cpu.pressure.
  /// Lines of cgroup.procs here and below: processes, not threads (pids.current counts those).
  std::optional<std::uint64_t> processes;
  /// Start of its oldest process (/proc/PID/stat), or else when the cgroup was first seen.
  std::optional<SystemTime> started_at;

  /// The events of all cgroups that have stood under its key (ContainerKey) while the exporter ran,
  /// and how often one took another's place. Left empty here, since the key may need the component:
  /// the ledger fills them in (ContainerLedger).
  ContainerMemoryEvents events_of_key;
  std::optional<std::uint64_t> restarts_of_key;
};

/// Kills of a container that is gone by now, told after its end.
struct LateKills {
  std::uint64_t cgroup_inode = 0;  ///< Of its former cgroup.
  std::uint64_t oom_kills = 0;     ///< Besides those that it was last seen with.
};

/// All containers of the host.
struct ContainerObservation final : Observation {
  /// "v1", "v2", or "hybrid": both are mounted, and the memory controller is in one of them.
  std::string cgroup_version;
  /// Sorted by cgroup path.
  std::vector<Container> containers;
  /// Of containers that were in the last observation and are gone (v2 only).
  std::vector<LateKills> late_kills;
  /// Why containers have no names, and which right is missing; empty while all is well.
  std::string names_problem;
  /// There are more cgroups or containers than are looked at.
  bool truncated = false;
};

}  // namespace airflow_host
