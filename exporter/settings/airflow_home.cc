// Finds AIRFLOW_HOME and reads airflow.cfg.
#include "exporter/settings/airflow_home.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "collectors/support/environment.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::string_view kFileName = "/airflow.cfg";

/// Who says where airflow.cfg is; decides how much its absence or its faults weigh.
enum class Named {
  kByUs,       ///< It must exist and be sound.
  kByAirflow,  ///< AIRFLOW_CONFIG: it must be sound if it exists, and its absence is told.
  kByHome,     ///< In a home that somebody named: it must be sound if it exists.
  kByDefault,  ///< In ~/airflow: its faults are told.
};

void GiveAirflowValue(SourcedSetting& setting, SettingSource source, std::string value,
                      std::string origin) {
  setting.source = source;
  setting.values = {std::move(value)};
  setting.origin = std::move(origin);
  setting.given = true;
}

/// The value of one of Airflow's variables that name a path, `~` and `$NAME` replaced. One that is
/// not absolute depends on where Airflow was started, so it is of no use.
std::optional<std::string> PathVariable(const AirflowHomeInput& input, std::string_view name,
                                        std::vector<std::string>& notes) {
  const auto value = Find(input.environment, name);
  if (!value || value->empty()) return std::nullopt;
  auto path = ExpandVariables(*value, input.environment, input.home_directory);
  if (path && path->starts_with('/')) return *std::move(path);
  notes.push_back("environment variable " + std::string(name) +
                  " is not an absolute path and is ignored");
  return std::nullopt;
}

/// Resolves airflow.home; who named it. No value: Airflow has no home here.
Named ResolveHome(const AirflowHomeInput& input, SourcedSetting& home,
                  std::vector<std::string>& notes) {
  if (home.given) return Named::kByHome;
  if (auto path = PathVariable(input, "AIRFLOW_HOME", notes)) {
    GiveAirflowValue(home, SettingSource::kAirflow, *std::move(path),
                     "environment variable AIRFLOW_HOME");
    return Named::kByHome;
  }
  std::string path = input.home_directory + "/airflow";
  std::error_code failure;
  const bool exists =
      path.starts_with('/') && std::filesystem::is_directory(input.root + path, failure);
  if (exists) GiveAirflowValue(home, SettingSource::kDefault, std::move(path), "default");
  return Named::kByDefault;
}

/// Resolves airflow.config; who named it.
Named ResolveConfig(const AirflowHomeInput& input, const SourcedSetting& home, Named home_named,
                    SourcedSetting& config, std::vector<std::string>& notes) {
  if (config.given) return Named::kByUs;
  if (auto path = PathVariable(input, "AIRFLOW_CONFIG", notes)) {
    GiveAirflowValue(config, SettingSource::kAirflow, *std::move(path),
                     "environment variable AIRFLOW_CONFIG");
    return Named::kByAirflow;
  }
  if (home.given) {
    std::string directory = home.values.front();
    while (directory.ends_with('/')) directory.pop_back();
    GiveAirflowValue(config, SettingSource::kDefault, directory.append(kFileName),
                     "default (in airflow.home)");
  }
  return home_named;
}

/// Reads and parses the file at `path`; the error is a whole sentence.
Expected<FoundAirflowConfig> ReadConfig(const std::string& path) {
  const std::string shown = Printable(path, 200);
  std::string buffer;
  const auto content = ReadFile(path, buffer);
  if (!content) {
    return Fail(content.error().kind, "Airflow's configuration: " + content.error().message);
  }
  auto file = ParseAirflowConfigFile(*content);
  if (!file) return Fail(file.error().kind, shown + " " + file.error().message);
  return FoundAirflowConfig{*std::move(file), shown};
}

}  // namespace

SettingsExpected<std::optional<FoundAirflowConfig>> FindAirflowConfig(
    const AirflowHomeInput& input, SourcedSettings& sourced, std::vector<std::string>& notes) {
  SourcedSetting& home = sourced.Find("airflow.home");
  SourcedSetting& config = sourced.Find("airflow.config");
  const Named home_named = ResolveHome(input, home, notes);
  const Named named = ResolveConfig(input, home, home_named, config, notes);
  if (!config.given) return std::nullopt;
  auto found = ReadConfig(input.root + config.values.front());
  if (found) return *std::move(found);
  const Error& trouble = found.error();
  const bool absent = trouble.kind == ErrorKind::kAbsent;
  const bool harmless = named == Named::kByDefault || (absent && named != Named::kByUs);
  if (!harmless) return FailSettings(SubjectOf(config) + ": " + trouble.message);
  if (!absent || named == Named::kByAirflow) notes.push_back(trouble.message);
  Forget(config);
  return std::nullopt;
}

}  // namespace airflow_host
