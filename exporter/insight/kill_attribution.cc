// Joins the kernel's kills with processes, containers and tasks.
#include "exporter/insight/kill_attribution.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/container/cgroup_path.h"
#include "collectors/container/container_key.h"

namespace airflow_host {
namespace {

constexpr std::size_t kShortId = 12;

/// What the kernel keeps of a title that Airflow sets, 15 bytes, where that is enough.
struct NamedByComm {
  std::string_view comm;
  Component component;
};
constexpr std::array<NamedByComm, 12> kComms = {{
    {"airflow task ru", Component::kTask},
    {"airflow task su", Component::kTask},
    {"airflow api_ser", Component::kApiServer},
    {"airflow edge wo", Component::kEdgeWorker},
    {"airflow edge su", Component::kTask},
    {"airflow serve-l", Component::kServeLogs},
    {"airflow supervi", Component::kCeleryWorker},
    {"[celeryd: celer", Component::kCeleryWorker},
    {"postgres", Component::kPostgres},
    {"redis-server", Component::kRedis},
    {"dockerd", Component::kDocker},
    {"containerd", Component::kDocker},
}};

std::string ComponentByComm(std::string_view comm) {
  for (const NamedByComm& named : kComms) {
    if (comm == named.comm) return std::string(ComponentName(named.component));
  }
  return {};
}

/// Calls `visit` for `path` and each path above it until it returns true.
template <typename Visit>
void ForPathAndAbove(std::string_view path, Visit visit) {
  while (!path.empty() && !visit(path)) path = path.substr(0, path.rfind('/'));
}

/// The container in whose cgroup `path` lies; nothing outside of containers.
std::optional<ContainerIdentity> ContainerAt(std::string_view path) {
  std::optional<ContainerIdentity> found;
  ForPathAndAbove(path, [&](std::string_view above) {
    found = IdentifyContainer(above);
    return found.has_value();
  });
  return found;
}

std::string ContainerIdOf(std::string_view path) {
  const auto container = ContainerAt(path);
  return container ? container->id : std::string();
}

/// What to call the container in whose cgroup `path` lies while nobody knows its name: by its short
/// id, or, a systemd service, by its unit.
std::string NameByPath(std::string_view path) {
  const auto container = ContainerAt(path);
  if (!container) return {};
  return container->name.empty() ? container->id.substr(0, kShortId) : container->name;
}

/// A victim in another container than the process that has its pid is another process: we see other
/// pids than the kernel (a pid namespace of our own).
bool Contradicts(std::string_view one, std::string_view other) {
  const std::string left = ContainerIdOf(one);
  const std::string right = ContainerIdOf(other);
  return !left.empty() && !right.empty() && left != right;
}

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
  DeclareProcesses();
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
  fallback_.AbsorbContainers(containers, names);
  Count(fallback_.Take(now), containers.observed_at);
  DeclareProcesses();
  Resolve(now);
}

void KillAttribution::Absorb(const HostObservation& host, SteadyTime now) {
  fallback_.AbsorbHost(host.paging.oom_kills, now);
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
  if (oom.last_sequence) heard_up_to_ = oom.last_sequence;
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
  return asked_containers || ContainerOf(path) != nullptr || ContainerIdOf(path).empty();
}

void KillAttribution::Count(const std::vector<KillCount>& counts, SystemTime at) {
  for (const KillCount& count : counts) {
    tally_.Add(count.component, count.container, count.scope, count.kills);
    last_kill_ = std::max(last_kill_.value_or(at), at);
  }
}

void KillAttribution::DeclareProcesses() {
  processes_.ForUndeclared([this](const RememberedProcess& process) {
    const KnownContainer* const container = ContainerOf(process.cgroup_path);
    if (container == nullptr && !ContainerIdOf(process.cgroup_path).empty()) return false;
    const std::string_view name = container != nullptr ? container->name : std::string_view();
    tally_.Declare(process.component, name);
    if (process.starts_tasks) tally_.Declare(ComponentName(Component::kTask), name);
    return true;
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
  while (containers_.size() > kMostContainers) {
    containers_.erase(std::min_element(containers_.begin(), containers_.end(),
                                       [](const auto& left, const auto& right) {
                                         return left.second.last_seen < right.second.last_seen;
                                       }));
  }
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
