// What the component collector saw: totals per component, and the keys that join a process to its
// container, its database row and its kill.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.h"
#include "collectors/component/component.h"
#include "collectors/component/install/install_summary.h"
#include "collectors/component/task_identity.h"

namespace airflow_host {

/// The processes of one component together. Sums are over those whose value could be read, and
/// empty where none could (or no process runs). RSS counts a page once per process that maps it, so
/// the sum over a fork tree is more than the memory that it takes.
struct ComponentSample {
  Component component = Component::kOtherAirflow;
  std::uint64_t processes = 0;
  std::optional<std::uint64_t> rss_bytes;     ///< VmRSS of /proc/PID/status.
  std::optional<std::uint64_t> anon_bytes;    ///< RssAnon: heap, stacks.
  std::optional<std::uint64_t> shared_bytes;  ///< RssFile + RssShmem: text, libraries, shm.
  std::optional<std::uint64_t> swap_bytes;    ///< VmSwap.
  std::optional<std::uint64_t> largest_process_rss_bytes;
  /// Pss of /proc/PID/smaps_rollup: shared pages divided among their sharers, so that the sum is
  /// what the component really takes. Read in turn; empty where the kernel denies it for one of the
  /// processes.
  std::optional<std::uint64_t> pss_bytes;
  /// Private_Dirty + Private_Clean of the same file; empty in the same case.
  std::optional<std::uint64_t> private_bytes;
  /// File descriptors of the process that has used up most of its limit: how many are open
  /// (/proc/PID/fd), and how many may be (soft limit, /proc/PID/limits). Read in turn.
  std::optional<std::uint64_t> open_fds;
  std::optional<std::uint64_t> max_fds;
  std::optional<std::uint64_t> threads;    ///< num_threads of /proc/PID/stat.
  std::optional<SystemTime> oldest_start;  ///< starttime of /proc/PID/stat, plus btime.
  /// Seconds of CPU that its processes have used while the exporter ran, those that have gone
  /// included: utime and stime of /proc/PID/stat. Never goes back.
  double user_seconds = 0;
  double system_seconds = 0;
  /// How often another process took the place of a main process that had gone; see
  /// ComponentLedger. Never goes back. Empty for components whose processes come and go by design.
  std::optional<std::uint64_t> restarts;
};

/// One process of Airflow or of a neighbour.
struct ProcessSample {
  int pid = 0;
  int parent_pid = 0;
  /// Since boot, in ticks of USER_HZ: with the pid the process's identity, whatever the wall clock
  /// does.
  std::uint64_t start_ticks = 0;
  std::optional<SystemTime> started_at;  ///< The same as wall-clock time; empty without btime.
  Component component = Component::kOtherAirflow;
  bool is_main = false;                     ///< The topmost process of its component.
  bool is_pool_worker = false;              ///< Celery's pool child or a LocalExecutor's worker.
  std::optional<std::uint64_t> rss_bytes;   ///< VmRSS.
  std::optional<std::uint64_t> anon_bytes;  ///< RssAnon.
  std::optional<std::uint64_t> swap_bytes;  ///< VmSwap.
  /// Pss of /proc/PID/smaps_rollup: its share of what it shares. Read in turn within a budget, and
  /// carried on in between by its ratio to RSS; empty until it was read once, or where it is
  /// denied.
  std::optional<std::uint64_t> pss_bytes;
  /// Private_Dirty + Private_Clean of the same file: what would be free again if it ended.
  std::optional<std::uint64_t> private_bytes;
  /// The task that it works on: of a process of component `task`, or of one below such a process.
  std::optional<TaskIdentity> task;
  /// How many tasks it runs at once: of a Celery worker's main process; from its command line, else
  /// from what it was configured with; empty where neither can be read.
  std::optional<std::uint32_t> worker_concurrency;
  /// The memory controller's path in /proc/PID/cgroup, as the kernel gives it; empty if unknown.
  std::string cgroup_path;
};

/// One walk over /proc, or a glance between two walks.
struct ComponentObservation final : Observation {
  /// At most this many processes are published, Airflow's first.
  static constexpr std::size_t kMostProcesses = 2000;

  /// The components that have been seen since the exporter started, in the order of the enum; one
  /// that has gone has 0 processes.
  std::vector<ComponentSample> components;
  /// True for a walk, which reads every process of ours. False for a glance, which reads only what
  /// is new or was so a few seconds ago, and repeats the rest as the last walk found it: for who
  /// must know a process soon. Trends learn from walks alone, which come at the collector's
  /// cadence.
  bool full = true;
  std::vector<ProcessSample> processes;     ///< By ascending pid, Airflow's first.
  std::uint64_t processes_omitted = 0;      ///< Of ours, left out of `processes`.
  std::uint64_t host_processes = 0;         ///< All that the walk listed, kernel threads included.
  std::uint64_t processes_denied = 0;       ///< Whose files could not be read (hidepid=1).
  bool others_hidden = false;               ///< /proc does not list process 1 (hidepid=2).
  std::uint64_t task_processes = 0;         ///< Topmost processes of `task`: tasks that run here.
  std::uint64_t worker_pool_processes = 0;  ///< Pool workers of Celery and LocalExecutors.
  /// Of ours, whose smaps_rollup may not be read: other users', and those that are not dumpable.
  std::uint64_t pss_denied = 0;
  /// The names of the user's groups of neighbours, in the order of their components; may be null.
  std::shared_ptr<const std::vector<std::string>> neighbour_names;
  InstallSummary install;  ///< What Airflow its components run from.

  /// The name of one of this observation's components, as it stands in labels. Lives as long as any
  /// observation of the same collector.
  std::string_view NameOf(Component component) const {
    const std::size_t index = IndexOf(component);
    if (index < kComponentCount || neighbour_names == nullptr) return ComponentName(component);
    const std::size_t group = index - kComponentCount;
    return group < neighbour_names->size() ? std::string_view((*neighbour_names)[group])
                                           : ComponentName(component);
  }

  /// The tasks that the Celery workers here run at once, all together, by their command lines or
  /// else by Airflow's settings; empty where there is none, and where it is not known of one.
  std::optional<std::uint64_t> WorkerConcurrency() const;
};

}  // namespace airflow_host
