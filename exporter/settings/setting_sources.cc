// Decides which source gives each setting its value.
#include "exporter/settings/setting_sources.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "collectors/support/text.h"
#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

/// The file cannot name itself.
constexpr std::string_view kConfigFile = "config.file";

/// The texts of a setting: a list's are split at commas.
std::vector<std::string> TextsOf(const SettingRow& row, const std::vector<std::string>& given) {
  if (row.kind != SettingKind::kList) return given;
  std::vector<std::string> texts;
  for (const std::string& text : given) {
    std::vector<std::string> parts = SplitList(text);
    std::move(parts.begin(), parts.end(), std::back_inserter(texts));
  }
  return texts;
}

void Give(SourcedSetting& setting, SettingSource source, std::string origin,
          const std::vector<std::string>& texts) {
  setting.source = source;
  setting.origin = std::move(origin);
  setting.values = TextsOf(*setting.row, texts);
  setting.given = true;
}

SourcedSetting DefaultOf(const SettingRow& row) {
  SourcedSetting setting;
  setting.row = &row;
  if (!row.default_text.empty()) {
    setting.values = TextsOf(row, {row.default_text});
    setting.given = true;
  }
  return setting;
}

/// An empty variable counts as not set: compose files pass on `${X:-}`.
void GiveFromEnvironment(const Environment& environment, SourcedSetting& setting) {
  const std::string name = EnvironmentName(setting.row->name);
  const auto value = Find(environment, name);
  if (!value || value->empty()) return;
  Give(setting, SettingSource::kEnvironment, "environment variable " + name, {std::string(*value)});
}

void GiveFromFlags(const FlagValues& flags, SourcedSetting& setting) {
  const auto found = flags.find(setting.row->name);
  if (found == flags.end()) return;
  const bool negated =
      setting.row->kind == SettingKind::kSwitch && found->second.front() == "false";
  Give(setting, SettingSource::kFlag, (negated ? "flag --no-" : "flag --") + setting.row->name,
       found->second);
}

SettingsExpected<void> GiveFromFile(std::span<const SettingRow> rows, const YamlSetting& yaml,
                                    std::string_view path, SourcedSetting* setting) {
  const std::string origin = std::string(path) + " line " + std::to_string(yaml.line);
  if (setting == nullptr || yaml.name == kConfigFile) {
    const std::string closest = ClosestName(rows, yaml.name);
    return FailUsage(origin + ": unknown key " + Quoted(yaml.name) +
                     (closest.empty() || closest == kConfigFile
                          ? std::string("; --help names all settings")
                          : "; did you mean " + closest + "?"));
  }
  if (yaml.sequence && setting->row->kind != SettingKind::kList) {
    return FailUsage(origin + ": " + yaml.name + " wants one value, not a list");
  }
  Give(*setting, SettingSource::kFile, origin, yaml.values);
  return {};
}

/// What Kubernetes sets for a Service that bears our name: not meant for us.
bool IsServiceLink(std::string_view rest) {
  return rest.starts_with("SERVICE_") || rest == "PORT" || rest.starts_with("PORT_");
}

void NoteUnknownVariables(std::span<const SettingRow> rows, const Environment& environment,
                          std::vector<std::string>& notes) {
  for (auto entry = environment.lower_bound(kEnvironmentPrefix);
       entry != environment.end() && entry->first.starts_with(kEnvironmentPrefix); ++entry) {
    const std::string& name = entry->first;
    const bool known = std::any_of(rows.begin(), rows.end(), [&](const SettingRow& row) {
      return row.kind != SettingKind::kRequest && EnvironmentName(row.name) == name;
    });
    const bool foreign = IsServiceLink(std::string_view(name).substr(kEnvironmentPrefix.size()));
    if (known || foreign) continue;
    notes.push_back("environment variable " + Printable(name, 100) +
                    " is no setting and is ignored; --help names all settings");
  }
}

}  // namespace

void Forget(SourcedSetting& setting) {
  const SettingRow* const row = setting.row;
  setting = SourcedSetting{};
  setting.row = row;
}

SettingsExpected<SourcedSettings> SourcedSettings::Resolve(std::span<const SettingRow> rows,
                                                           const FlagValues& flags,
                                                           const Environment& environment,
                                                           const std::vector<YamlSetting>& yaml,
                                                           std::string_view yaml_path,
                                                           std::vector<std::string>& notes) {
  SourcedSettings result;
  for (const SettingRow& row : rows) {
    if (row.kind != SettingKind::kRequest) result.settings_.push_back(DefaultOf(row));
  }
  for (const YamlSetting& entry : yaml) {
    const auto found = std::find_if(
        result.settings_.begin(), result.settings_.end(),
        [&](const SourcedSetting& setting) { return setting.row->name == entry.name; });
    auto given =
        GiveFromFile(rows, entry, yaml_path, found == result.settings_.end() ? nullptr : &*found);
    if (!given) return tl::unexpected(given.error());
  }
  for (SourcedSetting& setting : result.settings_) {
    GiveFromEnvironment(environment, setting);
    GiveFromFlags(flags, setting);
  }
  NoteUnknownVariables(rows, environment, notes);
  return result;
}

SourcedSetting& SourcedSettings::Find(std::string_view name) {
  return *std::find_if(settings_.begin(), settings_.end(),
                       [&](const SourcedSetting& setting) { return setting.row->name == name; });
}

std::string EarlyValue(std::string_view name, const FlagValues& flags,
                       const Environment& environment) {
  const auto flag = flags.find(name);
  if (flag != flags.end()) return flag->second.front();
  return std::string(Find(environment, EnvironmentName(name)).value_or(""));
}

std::string SubjectOf(const SourcedSetting& setting) {
  const bool names_itself =
      setting.source == SettingSource::kFlag || setting.source == SettingSource::kEnvironment;
  return names_itself ? setting.origin : setting.origin + ": " + setting.row->name;
}

}  // namespace airflow_host
