// The way into this room: from flags, environment and files to the program's settings.
#pragma once

#include <optional>
#include <string>

#include "exporter/settings/settings.h"
#include "exporter/settings/settings_error.h"
#include "exporter/settings/settings_input.h"

namespace airflow_host {

/// What the command line asks for.
struct ParsedCommandLine {
  /// Present for --help, --version and --check-config: print it to standard output and exit with 0.
  std::optional<std::string> text;
  /// The settings to run with; those of --help and --version are empty.
  Settings settings;
};

/// Reads all settings: flags, else variables (AIRFLOW_HOST_EXPORTER_*), else the YAML file, else
/// Airflow's own configuration, else defaults. The error is one sentence without secrets, and says
/// whether the person (exit code 2) or the host (1) is to blame. Reads files, and blocks up to 5 s
/// for each command that --airflow.allow-commands permits. Throws nothing. One thread at a time.
SettingsExpected<ParsedCommandLine> LoadSettings(const SettingsInput& input);

/// Reads all settings anew from the same input, for SIGHUP. Those that count at start only keep the
/// value that `current` has, and a note says so where the new one differs. After an error the
/// program goes on with `current`.
SettingsExpected<Settings> ReloadSettings(const SettingsInput& input, const Settings& current);

}  // namespace airflow_host
