// What Airflow's own configuration adds to the settings that nobody gave: where Airflow is at home,
// its database, its broker, its default queue and how it executes tasks.
#pragma once

#include "exporter/settings/setting_sources.h"
#include "exporter/settings/settings.h"
#include "exporter/settings/settings_error.h"
#include "exporter/settings/settings_input.h"

namespace airflow_host {

/// Finds AIRFLOW_HOME and airflow.cfg (both below --path.rootfs, as all paths of the host), and
/// stores Airflow's values where `sourced` has only defaults; `settings` holds our own already.
///
/// An airflow.cfg that somebody named (a setting of ours, AIRFLOW_CONFIG or AIRFLOW_HOME) and that
/// cannot be read or understood is an error (kFailure): the person expects it to count. One that
/// was merely found in ~/airflow becomes a note: the program may run as a user whom that directory
/// does not concern. A value in it that is of no use never stops the program: it becomes a note, or
/// for the two URLs the reason in `metadata_absence` and `broker_absence`. May block for as long as
/// an allowed command runs (5 s).
SettingsExpected<void> AddAirflowSettings(const SettingsInput& input, SourcedSettings& sourced,
                                          Settings& settings);

}  // namespace airflow_host
