// The names of what is found, and of where.
#include "collectors/component/install/install_facts.h"

namespace airflow_host {

std::string_view InstallSourceName(InstallSource source) {
  constexpr std::array<std::string_view, kInstallSourceCount> kNames = {
      "dist-info", "exe", "path", "environ", "airflow.cfg", "default"};
  return kNames.at(static_cast<std::size_t>(source));
}

std::string_view InstallNumberName(InstallNumber number) {
  constexpr std::array<std::string_view, kInstallNumberCount> kNames = {
      "num_runs", "parallelism", "worker_concurrency", "worker_autoscale_max", "sync_parallelism"};
  return kNames.at(static_cast<std::size_t>(number));
}

}  // namespace airflow_host
