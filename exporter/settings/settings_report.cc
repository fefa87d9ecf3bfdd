// Shows every setting with its value and its origin.
#include "exporter/settings/settings_report.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "collectors/support/text.h"
#include "collectors/support/url.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLongestValue = 500;
/// A longer value pushes its origin aside instead of widening the whole table.
constexpr std::size_t kWidestValueColumn = 48;

void AppendPadded(std::string_view text, std::size_t width, std::string& line) {
  line.append(text);
  line.append(text.size() < width ? width - text.size() : 0, ' ');
  line.append("  ");
}

void AppendSection(std::string_view heading, const std::vector<std::string>& sentences,
                   std::string& report) {
  if (sentences.empty()) return;
  report.append("\n").append(heading).append("\n");
  for (const std::string& sentence : sentences) report.append("  ").append(sentence).append("\n");
}

}  // namespace

SettingOrigin OriginOf(const SourcedSetting& setting) {
  std::string joined;
  for (const std::string& value : setting.values) {
    if (!joined.empty()) joined.push_back(',');
    if (setting.row->kind == SettingKind::kSecret) {
      joined.append(value.empty() ? "" : "***");
      continue;
    }
    const bool may_hold_secret =
        setting.row->kind == SettingKind::kUrl || value.find("://") != std::string::npos;
    joined.append(may_hold_secret ? WithoutSecrets(value) : Printable(value, kLongestValue));
  }
  return {setting.row->name, std::move(joined), setting.origin};
}

std::string SettingsReport(const Settings& settings) {
  std::size_t name_width = 0;
  std::size_t value_width = 1;
  for (const SettingOrigin& row : settings.origins) {
    name_width = std::max(name_width, row.name.size());
    value_width = std::max(value_width, std::min(row.value.size(), kWidestValueColumn));
  }
  std::string report;
  for (const SettingOrigin& row : settings.origins) {
    AppendPadded(row.name, name_width, report);
    AppendPadded(row.value.empty() ? "-" : std::string_view(row.value), value_width, report);
    report.append(row.origin).append("\n");
  }
  std::vector<std::string> missing;
  for (const std::string* absence : {&settings.metadata_absence, &settings.broker_absence}) {
    if (!absence->empty()) missing.push_back(*absence);
  }
  AppendSection("Not available:", missing, report);
  AppendSection("Notes:", settings.notes, report);
  return report;
}

}  // namespace airflow_host
