// Reads all settings.
#include "exporter/settings/load_settings.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include "collectors/support/file_reader.h"
#include "exporter/settings/airflow_settings.h"
#include "exporter/settings/command_line.h"
#include "exporter/settings/setting_sources.h"
#include "exporter/settings/setting_table.h"
#include "exporter/settings/setting_value.h"
#include "exporter/settings/settings_check.h"
#include "exporter/settings/settings_report.h"
#include "exporter/settings/url_setting.h"
#include "exporter/settings/yaml_file.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLongestYaml = std::size_t{1024} * 1024;

SettingsExpected<std::vector<YamlSetting>> ReadYaml(const std::string& root,
                                                    const std::string& path) {
  if (path.empty()) return std::vector<YamlSetting>{};
  if (const auto name = ParseFileName(path); !name) {
    return FailUsage("config.file " + name.error().message);
  }
  std::string buffer;
  const auto content = ReadFile(root + path, buffer, kLongestYaml);
  if (!content) return FailSettings("the file of settings: " + content.error().message);
  auto parsed = ParseYamlSettings(*content, path);
  if (!parsed) return FailUsage(parsed.error().message);
  return *std::move(parsed);
}

/// `~` in every setting that names a file or directory.
void ExpandHome(const SettingsInput& input, SourcedSettings& sourced) {
  const std::string home = HomeDirectory(input.environment, input.home_directory);
  for (SourcedSetting& setting : sourced.all()) {
    const std::string& kind = setting.row->value_name;
    if (kind != "PATH" && kind != "FILE") continue;
    for (std::string& value : setting.values) value = ExpandUser(value, home);
  }
}

/// The directory that systemd made for this service (StateDirectory=), where none is given.
void UseStateDirectory(const Environment& environment, SourcedSettings& sourced) {
  SourcedSetting& storage = sourced.Find("storage.path");
  const auto directories = Find(environment, "STATE_DIRECTORY");
  if (storage.source != SettingSource::kDefault || !directories) return;
  // The first of several; https://www.freedesktop.org/software/systemd/man/systemd.exec.html
  const std::string_view first = directories->substr(0, directories->find(':'));
  if (!first.starts_with('/')) return;
  storage.values = {std::string(first)};
  storage.origin = "environment variable STATE_DIRECTORY";
  storage.given = true;
}

SettingsExpected<void> StoreAll(SourcedSettings& sourced, Settings& settings) {
  for (const SourcedSetting& setting : sourced.all()) {
    if (!setting.given) continue;
    const auto stored = setting.row->store(setting.values, settings);
    if (!stored) return FailUsage(SubjectOf(setting) + " " + stored.error().message);
  }
  return {};
}

/// --collector.disable-defaults: only those that somebody switched on by name stay on.
void DisableDefaults(SourcedSettings& sourced, Settings& settings) {
  if (!settings.disable_default_collectors) return;
  for (CollectorChoice& choice : settings.collectors) {
    SourcedSetting& setting = sourced.Find("collector." + std::string(choice.name));
    if (setting.source != SettingSource::kDefault) continue;
    choice.enabled = false;
    setting.values = {"false"};
    setting.origin = sourced.Find("collector.disable-defaults").origin;
  }
}

Settings EmptySettings(const SettingsInput& input) {
  Settings settings;
  for (const CollectorRow& row : input.collectors) {
    settings.collectors.push_back({row.name, row.enabled_by_default, row.cadence});
  }
  return settings;
}

SettingsExpected<Settings> Resolve(const SettingsInput& input, const std::vector<SettingRow>& rows,
                                   const FlagValues& flags) {
  const std::string yaml_path = EarlyValue("config.file", flags, input.environment);
  const auto yaml = ReadYaml(input.root, yaml_path);
  if (!yaml) return tl::unexpected(yaml.error());
  Settings settings = EmptySettings(input);
  auto sourced =
      SourcedSettings::Resolve(rows, flags, input.environment, *yaml, yaml_path, settings.notes);
  if (!sourced) return tl::unexpected(sourced.error());
  ExpandHome(input, *sourced);
  UseStateDirectory(input.environment, *sourced);
  for (const char* name : {"metadata", "broker"}) {
    if (auto chosen = ChooseUrl(name, input.root, *sourced); !chosen) {
      return tl::unexpected(chosen.error());
    }
  }
  if (auto stored = StoreAll(*sourced, settings); !stored) return tl::unexpected(stored.error());
  DisableDefaults(*sourced, settings);
  if (auto fits = CheckSettings(*sourced, settings); !fits) return tl::unexpected(fits.error());
  if (auto added = AddAirflowSettings(input, *sourced, settings); !added) {
    return tl::unexpected(added.error());
  }
  for (const SourcedSetting& setting : sourced->all()) {
    settings.origins.push_back(OriginOf(setting));
  }
  return settings;
}

/// The text of --help or --version, if one of them was given.
std::optional<std::string> RequestedText(const SettingsInput& input,
                                         const std::vector<SettingRow>& rows,
                                         const FlagValues& flags) {
  if (flags.contains("help")) return HelpText(rows);
  if (flags.contains("version")) return input.version + "\n";
  return std::nullopt;
}

SettingsExpected<ParsedCommandLine> Load(const SettingsInput& input) {
  const std::vector<SettingRow> rows = SettingTable(input.collectors);
  const auto flags = ParseFlags(rows, input.arguments);
  if (!flags) return tl::unexpected(flags.error());
  if (auto text = RequestedText(input, rows, *flags)) return ParsedCommandLine{std::move(text), {}};
  auto settings = Resolve(input, rows, *flags);
  if (!settings) return tl::unexpected(settings.error());
  ParsedCommandLine result{std::nullopt, *std::move(settings)};
  if (flags->contains("check-config")) result.text = SettingsReport(result.settings);
  return result;
}

/// Puts the value that `current` shows for `name` in the place of the new one, if they differ.
void KeepShown(const std::string& name, const Settings& current, Settings& renewed) {
  const auto named = [&](const SettingOrigin& origin) { return origin.name == name; };
  const auto old_row = std::find_if(current.origins.begin(), current.origins.end(), named);
  const auto new_row = std::find_if(renewed.origins.begin(), renewed.origins.end(), named);
  if (old_row == current.origins.end() || new_row == renewed.origins.end()) return;
  if (old_row->value == new_row->value) return;
  renewed.notes.push_back(name + " has changed (" + new_row->origin +
                          "); this counts from the next start on");
  *new_row = *old_row;
}

}  // namespace

SettingsExpected<ParsedCommandLine> LoadSettings(const SettingsInput& input) {
  try {
    return Load(input);
  } catch (const std::exception&) {
    // Nothing above throws but for want of memory, whose text says nothing more.
    return FailSettings("the settings cannot be read: memory is exhausted");
  }
}

SettingsExpected<Settings> ReloadSettings(const SettingsInput& input, const Settings& current) {
  auto loaded = LoadSettings(input);
  if (!loaded) return tl::unexpected(loaded.error());
  Settings renewed = std::move(loaded->settings);
  for (const SettingRow& row : SettingTable(input.collectors)) {
    if (row.fixed_at_start) KeepShown(row.name, current, renewed);
  }
  renewed.listen_addresses = current.listen_addresses;
  renewed.telemetry_path = current.telemetry_path;
  renewed.max_requests = current.max_requests;
  renewed.lock_memory = current.lock_memory;
  renewed.trend_windows = current.trend_windows;
  renewed.storage_path = current.storage_path;
  for (std::size_t row = 0; row < renewed.collectors.size(); ++row) {
    CollectorChoice& choice = renewed.collectors[row];
    if (HasFixedCadence(choice.name)) choice.cadence = current.collectors[row].cadence;
  }
  return renewed;
}

}  // namespace airflow_host
