// What no single setting shows: whether the settings fit each other.
#pragma once

#include "exporter/settings/setting_sources.h"
#include "exporter/settings/settings.h"
#include "exporter/settings/settings_error.h"

namespace airflow_host {

/// Checks that every cadence lies between 100 ms and 1 h, and that each window of the trends holds
/// at least 24 observations of the component collector (if it is enabled): a slope over fewer says
/// nothing. The error names the settings and where they come from. Any thread.
SettingsExpected<void> CheckSettings(SourcedSettings& sourced, const Settings& settings);

}  // namespace airflow_host
