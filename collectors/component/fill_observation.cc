// Puts what is known of the processes together as an observation.
#include "collectors/component/fill_observation.h"

#include <algorithm>
#include <cstddef>

#include "collectors/component/component_totals.h"
#include "collectors/support/boot_time.h"

namespace airflow_host {
namespace {

ProcessSample SampleOf(const KnownProcess& process, const ProcessDetails& details,
                       std::optional<SystemTime> boot) {
  ProcessSample sample;
  sample.pid = process.pid;
  sample.parent_pid = process.parent_pid;
  sample.start_ticks = process.start_ticks;
  sample.started_at = TimeOfTick(boot, process.start_ticks);
  sample.component = *process.classification.component;
  sample.is_main = process.classification.role == Role::kMain;
  sample.is_pool_worker = process.classification.role == Role::kPoolWorker;
  sample.rss_bytes = details.memory.rss;
  sample.anon_bytes = details.memory.anonymous;
  sample.swap_bytes = details.memory.swap;
  sample.pss_bytes = details.costly.PssOf(details.memory.rss);
  sample.private_bytes = details.costly.PrivateOf(details.memory.rss);
  if (process.task != nullptr) sample.task = *process.task;
  if (process.concurrency != 0) sample.worker_concurrency = process.concurrency;
  sample.cgroup_path = details.cgroup_path;
  return sample;
}

void Count(const KnownProcess& process, const ProcessDetails& details,
           ComponentObservation& observation) {
  const Classification& classification = process.classification;
  const bool is_main = classification.role == Role::kMain;
  if (classification.component == Component::kTask && is_main) ++observation.task_processes;
  if (classification.role == Role::kPoolWorker) ++observation.worker_pool_processes;
  if (details.costly.denied) ++observation.pss_denied;
}

/// Adds Airflow's processes or the neighbours', until the limit is reached.
void AddProcesses(const ProcessTable& table, const ProcessDetailsStore& details,
                  std::optional<SystemTime> boot, bool airflow, ComponentObservation& observation) {
  for (const KnownProcess& process : table.processes()) {
    if (process.slot == KnownProcess::kNoSlot) continue;
    if (IsAirflow(*process.classification.component) != airflow) continue;
    if (observation.processes.size() == ComponentObservation::kMostProcesses) return;
    observation.processes.push_back(SampleOf(process, details.At(process.slot), boot));
  }
}

}  // namespace

void FillObservation(const ProcessTable& table, const ProcessDetailsStore& details,
                     const ComponentLedger& ledger, std::optional<SystemTime> boot,
                     ComponentObservation& observation) {
  ComponentTotals totals(boot);
  std::size_t ours = 0;
  for (const KnownProcess& process : table.processes()) {
    if (process.slot == KnownProcess::kNoSlot) continue;
    totals.Add(process, details.At(process.slot));
    Count(process, details.At(process.slot), observation);
    ++ours;
  }
  observation.components = totals.Take(ledger);
  observation.processes.reserve(std::min(ours, ComponentObservation::kMostProcesses));
  AddProcesses(table, details, boot, true, observation);
  AddProcesses(table, details, boot, false, observation);
  observation.processes_omitted = ours - observation.processes.size();
  observation.host_processes = table.processes().size();
  observation.processes_denied = table.denied();
  observation.others_hidden = table.others_hidden();
}

}  // namespace airflow_host
