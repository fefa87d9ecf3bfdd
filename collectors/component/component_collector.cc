// Walks /proc and publishes what belongs to Airflow. Command lines are read and forgotten: they may
// hold passwords and tokens, so only what kind of title they are is kept, and which task they name.
#include "collectors/component/component_collector.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/component/component_ledger.h"
#include "collectors/component/component_observation.h"
#include "collectors/component/costly_reader.h"
#include "collectors/component/fill_observation.h"
#include "collectors/component/install/install_reader.h"
#include "collectors/component/process_cgroup.h"
#include "collectors/component/process_details.h"
#include "collectors/component/process_reader.h"
#include "collectors/component/process_status.h"
#include "collectors/component/process_table.h"
#include "collectors/support/boot_time.h"

namespace airflow_host {
namespace {

std::shared_ptr<const std::vector<std::string>> NamesOf(const std::vector<NeighbourGroup>& groups) {
  std::vector<std::string> names;
  names.reserve(groups.size());
  for (const NeighbourGroup& group : groups) names.push_back(group.name);
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

class ComponentCollector final : public Collector {
 public:
  ComponentCollector(ComponentSettings settings, const Clock& clock)
      : settings_(std::move(settings)),
        clock_(clock),
        neighbour_names_(NamesOf(settings_.neighbours)),
        reader_(settings_.paths.procfs),
        table_(reader_, clock, settings_.neighbours),
        costly_(reader_, clock,
                CpuBudget(settings_.pss_budget_percent / 100, settings_.cadence,
                          settings_.cpu_clock ? settings_.cpu_clock : CpuClock(ThreadCpuTime))),
        installs_(settings_.paths.procfs) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    const SteadyTime now = clock_.SteadyNow();
    // A tick that comes a moment early still counts as the walk's.
    if (next_walk_ && now + settings_.cadence / 20 < *next_walk_) return Glance(deadline);
    const SteadyTime next = next_walk_.value_or(now) + settings_.cadence;
    next_walk_ = std::max(next, now + settings_.cadence / 2);
    return Walk(deadline);
  }

 private:
  using Result = Expected<std::shared_ptr<const Observation>>;

  Result Walk(Deadline deadline) {
    auto observation = NewObservation(true);
    if (auto walked = table_.Walk(deadline); !walked) {
      failure_ = Explained(walked.error());
      return tl::unexpected(*failure_);
    }
    ledger_.Enter(table_.processes());
    boot_ = ReadBootTime();
    RefreshDetails();
    ReadInTurn(deadline);
    LookAtInstalls();
    return Publish(std::move(observation));
  }

  Result Glance(Deadline deadline) {
    // While walks fail (a frozen host), the next is not before its time, and nothing is new.
    if (failure_) return tl::unexpected(*failure_);
    auto observation = NewObservation(false);
    const auto found = table_.Glance(deadline);
    if (!found) return tl::unexpected(Explained(found.error()));  // The next one may succeed.
    if (!*found && last_ != nullptr && !last_->full) return last_;
    if (*found) {
      ledger_.EnterGlance(table_.processes());
      RefreshDetails();
    }
    return Publish(std::move(observation));
  }

  std::shared_ptr<ComponentObservation> NewObservation(bool full) const {
    auto observation = std::make_shared<ComponentObservation>();
    observation->observed_at = clock_.SystemNow();
    observation->full = full;
    return observation;
  }

  /// Every host has a /proc: a missing one is a wrong path.
  static Error Explained(Error error) {
    if (error.kind == ErrorKind::kAbsent) error.kind = ErrorKind::kFailed;
    return error;
  }

  Result Publish(std::shared_ptr<ComponentObservation> observation) {
    failure_.reset();
    FillObservation(table_, details_, ledger_, boot_, *observation);
    observation->neighbour_names = neighbour_names_;
    AddInstalls(*observation);
    last_ = std::move(observation);
    return last_;
  }

  std::optional<SystemTime> ReadBootTime() {
    const auto text = reader_.ReadHostStat();
    return text ? ParseBootTime(*text) : std::nullopt;
  }

  /// Reads the memory and the control group of each process of ours that has been looked at.
  void RefreshDetails() {
    details_.BeginTick();
    for (KnownProcess& process : table_.processes()) {
      if (!process.classification.component) {
        process.slot = KnownProcess::kNoSlot;
        continue;
      }
      ProcessDetails& details = details_.Of(process);
      if (!table_.JustLookedAt(process)) continue;
      const auto text = reader_.Read(process.pid, "status");
      details.memory = text ? ParseProcessStatus(*text) : ProcessMemory{};
      RefreshCgroup(process.pid, details);
    }
    details_.EndTick();
  }

  /// A process is moved to its control group when it is young, and later as good as never.
  void RefreshCgroup(int pid, ProcessDetails& details) {
    constexpr std::uint32_t kYoung = 3;
    const std::uint32_t age = details.cgroup_age++;
    if (age >= kYoung && age % ProcessTable::kRestingWalks != 0) return;
    const auto text = reader_.Read(pid, "cgroup");
    if (text) details.cgroup_path = ParseMemoryCgroup(*text).value_or("");
  }

  void ReadInTurn(Deadline deadline) {
    if (settings_.pss_budget_percent <= 0) return;
    for (const KnownProcess& process : table_.processes()) {
      if (process.slot != KnownProcess::kNoSlot) costly_.Offer(process, details_.At(process.slot));
    }
    costly_.Spend(deadline);
  }

  void LookAtInstalls() {
    std::vector<InstallSubject> mains;
    for (const KnownProcess& process : table_.processes()) {
      const auto& [component, role] = process.classification;
      if (!component || role != Role::kMain) continue;
      mains.push_back({process.pid, process.start_ticks, *component});
    }
    installs_.Look(mains, clock_.SteadyNow());
  }

  /// What a worker's command line says of its concurrency outweighs what it was configured with.
  void AddInstalls(ComponentObservation& observation) const {
    observation.install = installs_.summary();
    for (ProcessSample& sample : observation.processes) {
      if (sample.component != Component::kCeleryWorker || !sample.is_main) continue;
      if (sample.worker_concurrency) continue;
      sample.worker_concurrency = installs_.WorkerConcurrency(sample.pid, sample.start_ticks);
    }
  }

  const ComponentSettings settings_;
  const Clock& clock_;
  const std::shared_ptr<const std::vector<std::string>> neighbour_names_;
  ProcessReader reader_;
  ProcessTable table_;
  ComponentLedger ledger_;
  ProcessDetailsStore details_;
  CostlyReader costly_;
  InstallReader installs_;
  std::optional<SteadyTime> next_walk_;
  std::optional<Error> failure_;  ///< Of the last walk.
  std::optional<SystemTime> boot_;
  std::shared_ptr<const ComponentObservation> last_;
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeComponentCollector(ComponentSettings settings,
                                                            const Clock& clock) {
  return std::make_unique<ComponentCollector>(std::move(settings), clock);
}

}  // namespace airflow_host
