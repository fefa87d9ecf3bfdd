// Walks /proc and publishes what belongs to Airflow. Command lines are read and forgotten: they may
// hold passwords and tokens, so only what kind of title they are is kept.
#include "collectors/component/component_collector.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "collectors/component/component_ledger.h"
#include "collectors/component/component_observation.h"
#include "collectors/component/component_totals.h"
#include "collectors/component/install/install_reader.h"
#include "collectors/component/process_cgroup.h"
#include "collectors/component/process_reader.h"
#include "collectors/component/process_status.h"
#include "collectors/component/process_table.h"
#include "collectors/support/boot_time.h"

namespace airflow_host {
namespace {

/// The control group of one process. Read when the process is young, for it is then that it is
/// moved, and again once in a while.
struct KnownCgroup {
  int pid = 0;
  std::uint64_t start_ticks = 0;
  std::uint32_t reads = 0;
  std::string path;
};

class ComponentCollector final : public Collector {
 public:
  ComponentCollector(const ComponentSettings& settings, const Clock& clock)
      : clock_(clock),
        reader_(settings.paths.procfs),
        table_(reader_, clock),
        installs_(settings.paths.procfs) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    auto observation = std::make_shared<ComponentObservation>();
    observation->observed_at = clock_.SystemNow();
    if (auto walked = table_.Walk(deadline); !walked) {
      Error error = walked.error();
      // Every host has a /proc: a missing one is a wrong path.
      if (error.kind == ErrorKind::kAbsent) error.kind = ErrorKind::kFailed;
      return tl::unexpected(std::move(error));
    }
    ledger_.Enter(table_.processes());
    boot_ = ReadBootTime();
    Fill(*observation);
    AddInstalls(*observation);
    return observation;
  }

 private:
  std::optional<SystemTime> ReadBootTime() {
    const auto text = reader_.ReadHostStat();
    return text ? ParseBootTime(*text) : std::nullopt;
  }

  void Fill(ComponentObservation& observation) {
    ComponentTotals totals(boot_);
    cgroups_before_.swap(cgroups_);
    cgroups_.clear();
    for (const KnownProcess& process : table_.processes()) {
      if (!process.classification.component) continue;
      const ProcessMemory memory = ReadMemory(process.pid);
      totals.Add(process, memory);
      AddProcess(process, memory, observation);
    }
    Bound(observation);
    observation.components = totals.Take(ledger_);
    observation.host_processes = table_.processes().size();
    observation.processes_denied = table_.denied();
    observation.others_hidden = table_.others_hidden();
  }

  void AddInstalls(ComponentObservation& observation) {
    std::vector<InstallSubject> mains;
    for (const KnownProcess& process : table_.processes()) {
      const auto& [component, role] = process.classification;
      if (!component || role != Role::kMain) continue;
      mains.push_back({process.pid, process.start_ticks, *component});
    }
    installs_.Look(mains, clock_.SteadyNow());
    observation.install = installs_.summary();
    if (!observation.worker_concurrency) {
      observation.worker_concurrency = observation.install.worker_concurrency;
    }
  }

  void AddProcess(const KnownProcess& process, const ProcessMemory& memory,
                  ComponentObservation& observation) {
    const Component component = *process.classification.component;
    const Role role = process.classification.role;
    if (component == Component::kTask && role == Role::kMain) ++observation.task_processes;
    if (role == Role::kPoolWorker) ++observation.worker_pool_processes;
    ProcessSample& sample = observation.processes.emplace_back();
    sample.pid = process.pid;
    sample.parent_pid = process.parent_pid;
    sample.start_ticks = process.start_ticks;
    sample.started_at = TimeOfTick(boot_, process.start_ticks);
    sample.component = component;
    sample.is_main = role == Role::kMain;
    sample.is_pool_worker = role == Role::kPoolWorker;
    sample.rss_bytes = memory.rss;
    sample.anon_bytes = memory.anonymous;
    sample.swap_bytes = memory.swap;
    sample.cgroup_path = CgroupOf(process);
  }

  /// Airflow's processes first, and no more than the limit.
  static void Bound(ComponentObservation& observation) {
    auto& processes = observation.processes;
    std::stable_partition(processes.begin(), processes.end(),
                          [](const ProcessSample& sample) { return IsAirflow(sample.component); });
    if (processes.size() <= ComponentObservation::kMostProcesses) return;
    observation.processes_omitted = processes.size() - ComponentObservation::kMostProcesses;
    processes.resize(ComponentObservation::kMostProcesses);
  }

  ProcessMemory ReadMemory(int pid) {
    const auto text = reader_.Read(pid, "status");
    return text ? ParseProcessStatus(*text) : ProcessMemory{};
  }

  const std::string& CgroupOf(const KnownProcess& process) {
    constexpr std::uint32_t kYoung = 3;
    KnownCgroup& known = cgroups_.emplace_back(TakeKnownCgroup(process));
    const std::uint32_t age = known.reads++;
    if (age >= kYoung && age % ProcessTable::kRestingWalks != 0) return known.path;
    const auto text = reader_.Read(process.pid, "cgroup");
    if (text) known.path = ParseMemoryCgroup(*text).value_or("");
    return known.path;
  }

  /// What the last walk knew of the process. Both lists are sorted by pid.
  KnownCgroup TakeKnownCgroup(const KnownProcess& process) {
    const auto found =
        std::lower_bound(cgroups_before_.begin(), cgroups_before_.end(), process.pid,
                         [](const KnownCgroup& known, int pid) { return known.pid < pid; });
    if (found != cgroups_before_.end() && found->pid == process.pid &&
        found->start_ticks == process.start_ticks) {
      return std::move(*found);
    }
    return {process.pid, process.start_ticks, 0, {}};
  }

  const Clock& clock_;
  ProcessReader reader_;
  ProcessTable table_;
  ComponentLedger ledger_;
  InstallReader installs_;
  std::optional<SystemTime> boot_;
  std::vector<KnownCgroup> cgroups_;
  std::vector<KnownCgroup> cgroups_before_;
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeComponentCollector(ComponentSettings settings,
                                                            const Clock& clock) {
  return std::make_unique<ComponentCollector>(settings, clock);
}

}  // namespace airflow_host
