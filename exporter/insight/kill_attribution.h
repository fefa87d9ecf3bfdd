// Whose process it was: the kernel's log names a pid and a cgroup, the component collector knew
// that pid a second before, the container collector that cgroup, and the metadata database the
// task.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/component/component_observation.h"
#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/oom/oom_observation.h"
#include "collectors/support/clock.h"
#include "exporter/insight/kill_fallback.h"
#include "exporter/insight/kill_report.h"
#include "exporter/insight/kill_tally.h"
#include "exporter/insight/seen_processes.h"
#include "exporter/insight/task_names.h"

namespace airflow_host {

/// Joins kills with what was known of their victims, and counts them. Outlives the collectors: a
/// reload makes those anew, and their kills are still counted once. Bounded. Used by one thread.
class KillAttribution {
 public:
  /// A kill is counted when what it can be joined with has been observed after it, and at the
  /// latest after so long.
  static constexpr std::chrono::seconds kPatience{15};
  /// A container's name is remembered for so long after the container.
  static constexpr std::chrono::minutes kContainerGoneFor{10};
  static constexpr std::size_t kMostContainers = 4000;

  void Absorb(const ComponentObservation& components, SteadyTime now);
  /// `containers` have their components filled in (NameByComponent).
  void Absorb(const ContainerObservation& containers, SteadyTime now);
  void Absorb(const HostObservation& host, SteadyTime now);
  void Absorb(const OomObservation& oom, SteadyTime now);

  /// Names the tasks of which only the id is known, as far as `names` has them by now, and has it
  /// ask for the others.
  void NameTasks(TaskNames& names, SteadyTime now);

  KillReport Report() const;

 private:
  struct Entry {
    AttributedKill attributed;
    SteadyTime heard_at{};
    bool is_new = false;  ///< To be counted once it is settled.
    bool settled = false;
    bool process_found = false;
  };
  struct KnownContainer {
    std::string name;  ///< As in labels.
    std::string component;
    SteadyTime last_seen{};
  };

  void Enter(const OomKill& kill, SteadyTime now);
  void Resolve(SteadyTime now);
  void Attribute(Entry& entry) const;
  bool IsSettled(const Entry& entry, SteadyTime now) const;
  void Settle(Entry& entry);
  void Count(const std::vector<KillCount>& counts, SystemTime at);
  void DeclareProcesses(SteadyTime now);
  /// The container whose cgroup `path` is, or lies below; null where none is known.
  const KnownContainer* ContainerOf(std::string_view path) const;
  void ForgetContainers(SteadyTime now);

  SeenProcesses processes_;
  std::unordered_map<std::string, KnownContainer> containers_;  // By cgroup path.
  std::optional<SystemTime> components_observed_;               // When the last walks began.
  std::optional<SystemTime> containers_observed_;
  KillFallback fallback_;
  KillTally tally_;
  std::deque<Entry> kills_;  // The oldest first.
  // Of the last observation, to know it again: kept, so that no other has its address.
  std::shared_ptr<const std::vector<OomKill> > last_kills_;
  std::optional<std::uint64_t> heard_up_to_;  // The sequence of the last record that was read.
  std::optional<SystemTime> last_kill_;
  bool known_ = false;
  bool log_readable_ = false;
  std::string log_problem_;
  std::uint64_t records_lost_ = 0;
};

}  // namespace airflow_host
