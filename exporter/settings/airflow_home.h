// Where Airflow is at home on this host, and its airflow.cfg.
// https://airflow.apache.org/docs/apache-airflow/stable/howto/set-config.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/support/airflow_config_file.h"
#include "exporter/settings/setting_sources.h"
#include "exporter/settings/settings_error.h"

namespace airflow_host {

/// What is looked at to find it.
struct AirflowHomeInput {
  const Environment& environment;
  std::string home_directory;  ///< `~`
  std::string root;            ///< Put before every path: --path.rootfs.
};

/// An airflow.cfg that was read.
struct FoundAirflowConfig {
  AirflowConfigFile file;
  std::string path;  ///< As it is shown.
};

/// Gives the settings airflow.home and airflow.config in `sourced` their values where nobody did:
/// from AIRFLOW_HOME and AIRFLOW_CONFIG, else from ~/airflow if that is a directory. Reads the
/// airflow.cfg, if there is one. Errors and notes as AddAirflowSettings says. Any thread.
SettingsExpected<std::optional<FoundAirflowConfig>> FindAirflowConfig(
    const AirflowHomeInput& input, SourcedSettings& sourced, std::vector<std::string>& notes);

}  // namespace airflow_host
