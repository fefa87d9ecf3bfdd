// What Airflow's own configuration says of its thresholds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/airflow_thresholds.h"
#include "exporter/settings/airflow_configuration.h"

namespace airflow_host {

/// `text`, a number of seconds as Airflow writes it ("600.0"); nothing for what is no number, is
/// negative or is longer than ten years. Any thread.
std::optional<std::chrono::milliseconds> ParseAirflowSeconds(std::string_view text);

/// Stores what `airflow` says of the thresholds for which we have no setting of our own. What is of
/// no use is ignored, with a sentence added to `notes`.
void AddThresholdSettings(const AirflowConfiguration& airflow, ThresholdSettings& thresholds,
                          std::vector<std::string>& notes);

}  // namespace airflow_host
