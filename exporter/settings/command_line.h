// Reading the flags. The only file that knows CLI11 is the one behind this.
//
//   --web.listen-address=:10132 --web.listen-address [::1]:10132 --no-collector.oom
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "exporter/settings/setting_table.h"
#include "exporter/settings/settings_error.h"

namespace airflow_host {

/// The texts given for each setting that was given: one for a value, "true" or "false" for a
/// switch and a request, one per repetition for a list.
using FlagValues = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Takes `arguments` (without the program's name) apart. Errors, all of usage: an unknown flag, a
/// flag without its value, a value given twice, an argument that is no flag. Any thread.
SettingsExpected<FlagValues> ParseFlags(std::span<const SettingRow> rows,
                                        const std::vector<std::string>& arguments);

/// The text of --help: all settings under their groups' headings. Any thread.
std::string HelpText(std::span<const SettingRow> rows);

}  // namespace airflow_host
