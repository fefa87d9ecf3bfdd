// The few options of Airflow that are read from the environment and the airflow.cfg of one of its
// processes, in Airflow's own order: variable, file, default.
// https://airflow.apache.org/docs/apache-airflow/stable/howto/set-config.html
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/component/install/install_facts.h"
#include "collectors/support/airflow_config_file.h"
#include "collectors/support/environment.h"

namespace airflow_host {

/// The variables that TakeVariables has to take for AddOptions and its callers: Airflow's, and
/// those by which its files and packages are found. None of them is a secret.
std::span<const std::string_view> WantedVariables();

/// What one process is configured by.
struct OptionSources {
  /// Of WantedVariables; empty where no environment could be read.
  const Environment* variables = nullptr;
  const AirflowConfigFile* file = nullptr;  ///< Null where there is none, or it cannot be read.
  std::string home;                         ///< What "~" stands for; empty where not known.
  /// Its own environment and its airflow.cfg were read, or there is no such file: what neither sets
  /// has Airflow's default.
  bool complete = false;
};

/// Adds executor, numbers and otel_traces to `facts`, whose versions decide the defaults. A value
/// that is not understood stays unknown: a worse source is not asked in its place, as Airflow does
/// not either. Pure; any thread.
void AddOptions(const OptionSources& sources, InstallFacts& facts);

/// Where airflow.cfg may be, the best place first: AIRFLOW_CONFIG, or else in AIRFLOW_HOME, or else
/// in ~/airflow. `variables` null: nothing is known but the home, and the official image's
/// /opt/airflow is tried too. Paths that are not absolute are left out. Pure; any thread.
std::vector<std::string> ConfigPaths(const Environment* variables, std::string_view home);

}  // namespace airflow_host
