// --check-config: every setting with its value and its origin, for a person.
//
//   web.listen-address  0.0.0.0:10132                      default
//   metadata.url        postgresql://airflow:***@db/af     file /run/secrets/database-url
#pragma once

#include <string>

#include "exporter/settings/setting_sources.h"
#include "exporter/settings/settings.h"

namespace airflow_host {

/// `setting` as it may be shown.
SettingOrigin OriginOf(const SourcedSetting& setting);

/// The table, and below it what is missing and what was noted. Any thread.
std::string SettingsReport(const Settings& settings);

}  // namespace airflow_host
