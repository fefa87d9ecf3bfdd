// Which source gives each setting its value: the flag, else the variable, else the file, else the
// default. What Airflow's own configuration gives is added on top of the defaults later.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/environment.h"
#include "exporter/settings/command_line.h"
#include "exporter/settings/setting_table.h"
#include "exporter/settings/settings_error.h"
#include "exporter/settings/yaml_file.h"

namespace airflow_host {

/// Where a value comes from; a smaller one beats a larger one.
enum class SettingSource { kFlag, kEnvironment, kFile, kAirflow, kDefault };

/// One setting with its texts, not yet parsed.
struct SourcedSetting {
  const SettingRow* row = nullptr;
  SettingSource source = SettingSource::kDefault;
  /// One text for a value or switch, any number for a list; none: there is no default.
  std::vector<std::string> values;
  /// "flag --x", "environment variable X", "/etc/x.yml line 3" or "default".
  std::string origin = "default";
  /// False only where there is no default either: then the row's `store` is not called.
  bool given = false;
};

/// Takes away what was given for `setting`, its default included.
void Forget(SourcedSetting& setting);

/// All settings by source. `rows` must outlive it. Used by one thread.
class SourcedSettings {
 public:
  /// Resolves every row that is not a request. `yaml` comes from the file at `yaml_path`. Errors: a
  /// key of the file that no row bears, or that may not stand there. Variables of our prefix that
  /// no row bears are told in `notes` only: Kubernetes makes such variables for a Service of our
  /// name.
  static SettingsExpected<SourcedSettings> Resolve(std::span<const SettingRow> rows,
                                                   const FlagValues& flags,
                                                   const Environment& environment,
                                                   const std::vector<YamlSetting>& yaml,
                                                   std::string_view yaml_path,
                                                   std::vector<std::string>& notes);

  /// The setting `name`; it must be in the table.
  SourcedSetting& Find(std::string_view name);

  /// All, in the order of the table.
  std::vector<SourcedSetting>& all() { return settings_; }

 private:
  std::vector<SourcedSetting> settings_;
};

/// The value of a setting that must be known before the file is read: the flag's, else the
/// variable's, else empty.
std::string EarlyValue(std::string_view name, const FlagValues& flags,
                       const Environment& environment);

/// `setting` as the beginning of a sentence: "flag --x", "environment variable X" or
/// "/etc/x.yml line 3: x".
std::string SubjectOf(const SourcedSetting& setting);

}  // namespace airflow_host
