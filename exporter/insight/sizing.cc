// Joins load, workers and memory.
#include "exporter/insight/sizing.h"

#include <algorithm>
#include <limits>

#include "collectors/component/install/install_facts.h"

namespace airflow_host {
namespace {

bool IsCeleryWorker(const ProcessSample& process) {
  return process.component == Component::kCeleryWorker && process.is_main;
}

/// What all Celery workers here run at once; empty where one is not known, or they differ.
std::optional<std::uint32_t> ConcurrencyOfWorkers(const ComponentObservation& components) {
  std::optional<std::uint32_t> common;
  for (const ProcessSample& process : components.processes) {
    if (!IsCeleryWorker(process)) continue;
    if (!process.worker_concurrency) return std::nullopt;
    if (common && *common != *process.worker_concurrency) return std::nullopt;
    common = process.worker_concurrency;
  }
  return common;
}

std::optional<std::uint32_t> SettingOf(const InstallSummary& install, InstallNumber number) {
  for (const InstallSetting& setting : install.settings) {
    if (setting.name != InstallNumberName(number)) continue;
    const bool fits =
        setting.value > 0 && setting.value <= std::numeric_limits<std::uint32_t>::max();
    if (fits) return static_cast<std::uint32_t>(setting.value);
  }
  return std::nullopt;
}

/// Somebody uses Celery here: its broker answers, or one of its workers runs.
bool SeesCelery(const SizingSources& sources) {
  if (sources.broker != nullptr) return true;
  if (sources.components == nullptr) return false;
  const auto& processes = sources.components->processes;
  return std::any_of(processes.begin(), processes.end(), IsCeleryWorker);
}

void AddWorkersRequired(const ExecutionSettings& settings, const SizingSources& sources,
                        Sizing& sizing) {
  if (sources.metadata == nullptr || !sizing.worker_concurrency) return;
  const Executors executors = ExecutorsInForce(settings, sources.components.get());
  if (executors.known() ? !executors.HasCelery() : !SeesCelery(sources)) return;
  sizing.workers_required = WorkersRequired(sources.metadata->task_instances, executors,
                                            settings.kubernetes_queue, *sizing.worker_concurrency);
}

}  // namespace

std::optional<std::uint32_t> ConcurrencyInForce(const ExecutionSettings& settings,
                                                const ComponentObservation* components) {
  if (settings.worker_concurrency_told || components == nullptr) return settings.worker_concurrency;
  if (const auto seen = ConcurrencyOfWorkers(*components)) return seen;
  if (settings.worker_concurrency) return settings.worker_concurrency;
  const InstallSummary& install = components->install;
  if (const auto most = SettingOf(install, InstallNumber::kWorkerAutoscaleMax)) return most;
  return SettingOf(install, InstallNumber::kWorkerConcurrency);
}

Executors ExecutorsInForce(const ExecutionSettings& settings,
                           const ComponentObservation* components) {
  std::string common = settings.executor;
  if (!common.empty() || components == nullptr) return Executors(common);
  for (const InstallSample& install : components->install.installs) {
    if (install.executor.empty()) continue;
    if (!common.empty() && common != install.executor) return Executors("");
    common = install.executor;
  }
  return Executors(common);
}

Sizing SizeUp(const ExecutionSettings& settings, const SizingSources& sources,
              const std::optional<TaskCapacity>& capacity) {
  Sizing sizing;
  sizing.worker_concurrency = ConcurrencyInForce(settings, sources.components.get());
  AddWorkersRequired(settings, sources, sizing);
  if (sources.broker != nullptr && sources.broker->workers) {
    const auto& workers = *sources.broker->workers;
    sizing.workers_live = static_cast<std::uint64_t>(
        std::count_if(workers.begin(), workers.end(), [](const auto& one) { return one.live; }));
  }
  if (capacity) {
    sizing.concurrency_recommended = capacity->per_worker;
    sizing.task_headroom = capacity->together - std::min(capacity->running, capacity->together);
  }
  return sizing;
}

}  // namespace airflow_host
