// Joins the kernel's kills with processes, containers and tasks.
#include "exporter/insight/kill_attribution.h"

#include <algorithm>
#include <utility>

#include "collectors/container/container_key.h"
#include "collectors/support/path_ancestors.h"
#include "exporter/insight/forget_oldest.h"
#include "exporter/insight/kill_naming.h"

namespace airflow_host {
namespace {

std::string_view CgroupOf(const OomKill& kill, const RememberedProcess* process) {
  if (!kill.task_memcg.empty() || process == nullptr) return kill.task_memcg;
  return process->cgroup_path;
}

std::string_view ScopeOf(const OomKill& kill) {
  return kill.scope ? OomScopeName(*kill.scope) : kUnknownScope;
}

}  // namespace

void KillAttribution::Absorb(const ComponentObservation& components, SteadyTime now) {
  processes_.Absorb(components, now);
  components_observed_ = components.observed_at;
  DeclareProcesses(now);
  Resolve(now);
}

void KillAttribution::Absorb(const ContainerObservation& containers, SteadyTime now) {
  std::vector<std::string> names;
  for (ContainerKey& key : ContainerKeys(containers.containers)) {
    names.push_back(std::move(key.container));
  }
  for (std::size_t at = 0; at < names.size(); ++at) {
    const Container& container = containers.containers[at];
    KnownContainer& known = containers_[container.cgroup_path];
    known.name = names[at];
    // One whose processes have all been killed still is what it was.
    if (!container.component.empty()) known.component = container.component;
    known.last_seen = now;
  }
  ForgetContainers(now);
  containers_observed_ = containers.observed_at;
  fallback_.AbsorbContainers(containers, names, now);
  Count(fallback_.Take(now), containers.observed_at);
  DeclareProcesses(now);
  Resolve(now);
}

void KillAttribution::Absorb(const HostObservation& host, SteadyTime now) {
  fallback_.AbsorbHost(host.paging.oom_kills, host.observed_at, now);
  Count(fallback_.Take(now), host.observed_at);
  Resolve(now);
}

void KillAttribution::Absorb(const OomObservation& oom, SteadyTime now) {
  known_ = true;
  log_readable_ = oom.log_readable;
  log_problem_ = oom.log_problem;
  records_lost_ = oom.records_lost;
  fallback_.SetActive(!oom.log_readable);
  if (oom.kills != nullptr && oom.kills != last_kills_) {
    for (const OomKill& kill : *oom.kills) Enter(kill, now);
    last_kills_ = oom.kills;
  }
  // A collector that was made anew begins again at the log's oldest record.
  heard_up_to_ = std::max(heard_up_to_, oom.last_sequence);
  Resolve(now);
}

void KillAttribution::Enter(const OomKill& kill, SteadyTime now) {
  const auto known = std::find_if(kills_.begin(), kills_.end(), [&](const Entry& entry) {
    return entry.attributed.kill.sequence == kill.sequence;
  });
  if (known != kills_.end()) {
    known->attributed.kill = kill;
    return;
  }
  Entry entry;
  entry.attributed.kill = kill;
  entry.heard_at = now;
  // A collector that was made anew takes for history what its predecessor has not read any more.
  entry.is_new = !kill.before_start || (heard_up_to_ && kill.sequence > *heard_up_to_);
  // What was logged while the log could not be read has been counted without it.
  if (fallback_.HasCounted(kill.at, InContainer(kill.task_memcg))) entry.is_new = false;
  last_kill_ = std::max(last_kill_.value_or(kill.at), kill.at);
  kills_.push_back(std::move(entry));
  std::stable_sort(kills_.begin(), kills_.end(), [](const Entry& left, const Entry& right) {
    return left.attributed.kill.sequence < right.attributed.kill.sequence;
  });
  if (kills_.size() <= OomObservation::kMostKills) return;
  Settle(kills_.front());
  kills_.pop_front();
}

void KillAttribution::Resolve(SteadyTime now) {
  for (Entry& entry : kills_) {
    if (entry.settled) continue;
    Attribute(entry);
    if (IsSettled(entry, now)) Settle(entry);
  }
}

void KillAttribution::Settle(Entry& entry) {
  if (entry.settled) return;
  entry.settled = true;
  if (!entry.is_new) return;
  const AttributedKill& kill = entry.attributed;
  tally_.Add(kill.component, kill.container, ScopeOf(kill.kill), 1);
}

void KillAttribution::Attribute(Entry& entry) const {
  AttributedKill& attributed = entry.attributed;
  const OomKill& kill = attributed.kill;
  const RememberedProcess* process = processes_.Find(kill.pid, kill.at);
  if (process != nullptr && Contradicts(process->cgroup_path, kill.task_memcg)) process = nullptr;
  const std::string_view path = CgroupOf(kill, process);
  const KnownContainer* const container = ContainerOf(path);
  attributed.container = container != nullptr ? container->name : NameByPath(path);
  std::string component;
  if (process != nullptr) {
    entry.process_found = true;
    component = process->component;
    if (auto task = processes_.TaskOf(*process, kill.at)) {
      if (!attributed.task) attributed.task = std::move(task);
    }
  }
  if (component.empty()) component = ComponentByComm(kill.comm);
  if (component.empty() && container != nullptr) component = container->component;
  if (component.empty() && path.ends_with(".service")) component = processes_.ComponentIn(path);
  attributed.component = component.empty() ? std::string(kUnknownComponent) : component;
}

bool KillAttribution::IsSettled(const Entry& entry, SteadyTime now) const {
  const OomKill& kill = entry.attributed.kill;
  if (now - entry.heard_at >= kPatience) return true;
  const bool asked_processes = components_observed_ && *components_observed_ > kill.at;
  if (!entry.process_found && !asked_processes) return false;
  const RememberedProcess* const process = processes_.Find(kill.pid, kill.at);
  const std::string_view path = CgroupOf(kill, process);
  const bool asked_containers = containers_observed_ && *containers_observed_ > kill.at;
  return asked_containers || ContainerOf(path) != nullptr || !InContainer(path);
}

void KillAttribution::Count(const std::vector<KillCount>& counts, SystemTime at) {
  for (const KillCount& count : counts) {
    tally_.Add(count.component, count.container, count.scope, count.kills);
    last_kill_ = std::max(last_kill_.value_or(at), at);
  }
}

void KillAttribution::DeclareProcesses(SteadyTime now) {
  processes_.ForUndeclared([this, now](const RememberedProcess& process) {
    const KnownContainer* const container = ContainerOf(process.cgroup_path);
    const bool is_named = container != nullptr || !InContainer(process.cgroup_path);
    if (!is_named && now - process.first_seen < kPatience) return false;
    // A kill would be counted under this name by now; the container may get its own yet.
    const std::string name =
        container != nullptr ? container->name : NameByPath(process.cgroup_path);
    tally_.Declare(process.component, name);
    if (process.starts_tasks) tally_.Declare(ComponentName(Component::kTask), name);
    return is_named;
  });
}

const KillAttribution::KnownContainer* KillAttribution::ContainerOf(std::string_view path) const {
  const KnownContainer* known = nullptr;
  ForPathAndAbove(path, [&](std::string_view above) {
    const auto found = containers_.find(std::string(above));
    if (found != containers_.end()) known = &found->second;
    return known != nullptr;
  });
  return known;
}

void KillAttribution::ForgetContainers(SteadyTime now) {
  std::erase_if(containers_, [now](const auto& entry) {
    return now - entry.second.last_seen > kContainerGoneFor;
  });
  ForgetOldest(containers_, kMostContainers,
               [](const KnownContainer& container) { return container.last_seen; });
}

void KillAttribution::NameTasks(TaskNames& names, SteadyTime now) {
  for (Entry& entry : kills_) {
    std::optional<TaskIdentity>& task = entry.attributed.task;
    if (!task || task->Named() || task->task_instance_id.empty()) continue;
    const TaskIdentity* const named = names.FindOrAsk(task->task_instance_id, now);
    if (named != nullptr) task = *named;
  }
}

KillReport KillAttribution::Report() const {
  KillReport report;
  report.known = known_;
  report.log_readable = log_readable_;
  report.log_problem = log_problem_;
  report.records_lost = records_lost_;
  for (auto entry = kills_.rbegin(); entry != kills_.rend(); ++entry) {
    report.kills.push_back(entry->attributed);
  }
  report.counts = tally_.Counts();
  report.last_kill = last_kill_;
  return report;
}

}  // namespace airflow_host
