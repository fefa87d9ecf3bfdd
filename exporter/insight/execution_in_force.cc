// Weighs what is configured against what runs.
#include "exporter/insight/execution_in_force.h"

#include <algorithm>
#include <limits>
#include <string>

#include "collectors/component/install/install_facts.h"

namespace airflow_host {
namespace {

/// The Celery workers on this host.
struct WorkersHere {
  std::uint64_t known = 0;  ///< Workers whose concurrency is known.
  bool all_known = true;
  std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t most = 0;
};

WorkersHere FindWorkers(const ComponentObservation* components) {
  WorkersHere here;
  if (components == nullptr) return here;
  for (const ProcessSample& process : components->processes) {
    if (process.component != Component::kCeleryWorker || !process.is_main) continue;
    if (!process.worker_concurrency) {
      here.all_known = false;
      continue;
    }
    ++here.known;
    here.least = std::min(here.least, *process.worker_concurrency);
    here.most = std::max(here.most, *process.worker_concurrency);
  }
  return here;
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

/// What Airflow's configuration really says, as the exporter sees it.
std::optional<std::uint32_t> Configured(const ExecutionSettings& settings) {
  return settings.worker_concurrency_is_default ? std::nullopt : settings.worker_concurrency;
}

}  // namespace

std::optional<std::uint32_t> ConcurrencyInForce(const ExecutionSettings& settings,
                                                const ComponentObservation* components) {
  if (settings.worker_concurrency_told || components == nullptr) return settings.worker_concurrency;
  const WorkersHere here = FindWorkers(components);
  if (here.known > 0 && here.all_known && here.least == here.most) return here.least;
  if (const auto configured = Configured(settings)) return configured;
  const InstallSummary& install = components->install;
  if (const auto most = SettingOf(install, InstallNumber::kWorkerAutoscaleMax)) return most;
  if (const auto number = SettingOf(install, InstallNumber::kWorkerConcurrency)) return number;
  return settings.worker_concurrency;
}

std::optional<std::uint32_t> LeastConcurrency(const ExecutionSettings& settings,
                                              const ComponentObservation* components,
                                              std::uint64_t live_workers) {
  if (settings.worker_concurrency_told) return settings.worker_concurrency;
  const WorkersHere here = FindWorkers(components);
  if (here.known > 0 && here.all_known && here.known >= live_workers) return here.least;
  const auto configured = Configured(settings);
  return configured ? std::optional(std::min(*configured, here.least)) : std::nullopt;
}

Executors ExecutorsInForce(const ExecutionSettings& settings,
                           const ComponentObservation* components) {
  std::string common = settings.executor;
  const std::string& pods = settings.kubernetes_queue;
  if (!common.empty() || components == nullptr) return Executors(common, pods);
  for (const InstallSample& install : components->install.installs) {
    if (install.executor.empty()) continue;
    if (!common.empty() && common != install.executor) return Executors("", pods);
    common = install.executor;
  }
  return Executors(common, pods);
}

}  // namespace airflow_host
