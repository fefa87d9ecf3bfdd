// Keeps processes by pid and start.
#include "exporter/insight/seen_processes.h"

#include <string_view>
#include <tuple>

#include "collectors/support/path_ancestors.h"
#include "exporter/insight/forget_oldest.h"

namespace airflow_host {
namespace {

/// Clocks and walks are no more exact: start times have hundredths of a second, the boot time whole
/// seconds, and a walk takes its time.
constexpr std::chrono::seconds kTolerance{2};
/// No fork tree is deeper, and parents that name each other end.
constexpr int kMostParents = 16;

bool StartsTasks(Component component) {
  return component == Component::kCeleryWorker || component == Component::kScheduler ||
         component == Component::kEdgeWorker;
}

}  // namespace

void SeenProcesses::Absorb(const ComponentObservation& observation, SteadyTime now) {
  for (const ProcessSample& sample : observation.processes) {
    const auto [found, is_new] = processes_.try_emplace({sample.pid, sample.start_ticks});
    RememberedProcess& process = found->second;
    if (is_new) process.first_seen = now;
    process.component = observation.NameOf(sample.component);
    process.airflow = IsAirflow(sample.component);
    process.is_main = sample.is_main;
    process.starts_tasks = StartsTasks(sample.component);
    process.parent_pid = sample.parent_pid;
    process.started_at = sample.started_at;
    // A title may change while a task ends; what it worked on last is what it worked on.
    if (sample.task) process.task = sample.task;
    if (!sample.cgroup_path.empty()) process.cgroup_path = sample.cgroup_path;
    process.gone_at.reset();
    process.last_seen = now;
  }
  for (auto& [key, process] : processes_) {
    // Where processes are left out, one that is not there need not have ended.
    const bool gone = process.last_seen != now && observation.processes_omitted == 0;
    if (gone && !process.gone_at) process.gone_at = observation.observed_at;
  }
  Forget(now);
}

void SeenProcesses::Forget(SteadyTime now) {
  std::erase_if(processes_,
                [now](const auto& entry) { return now - entry.second.last_seen > kGoneFor; });
  ForgetOldest(processes_, kMostProcesses,
               [](const RememberedProcess& process) { return process.last_seen; });
}

const RememberedProcess* SeenProcesses::Find(int pid, SystemTime at) const {
  const RememberedProcess* found = nullptr;
  for (auto entry = processes_.lower_bound({pid, 0});
       entry != processes_.end() && entry->first.first == pid; ++entry) {
    const RememberedProcess& process = entry->second;
    if (process.started_at && *process.started_at > at + kTolerance) continue;
    if (process.gone_at && *process.gone_at + kTolerance < at) continue;
    found = &process;
  }
  return found;
}

std::optional<TaskIdentity> SeenProcesses::TaskOf(const RememberedProcess& process,
                                                  SystemTime at) const {
  const RememberedProcess* current = &process;
  for (int step = 0; current != nullptr && step < kMostParents; ++step) {
    if (current->task) return current->task;
    current = Find(current->parent_pid, at);
  }
  return std::nullopt;
}

std::string SeenProcesses::ComponentIn(std::string_view path) const {
  const RememberedProcess* best = nullptr;
  const auto weight = [](const RememberedProcess& process) {
    return std::tuple(!process.task.has_value(), process.airflow, process.is_main);
  };
  for (const auto& [key, process] : processes_) {
    const std::string_view own = process.cgroup_path;
    const bool within = own == path || IsBelow(own, path);
    if (within && (best == nullptr || weight(process) > weight(*best))) best = &process;
  }
  return best == nullptr ? std::string() : best->component;
}

}  // namespace airflow_host
