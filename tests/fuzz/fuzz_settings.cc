// Feeds the input to every parser of exporter/settings.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/airflow_config_file.h"
#include "collectors/support/environment.h"
#include "exporter/settings/setting_table.h"
#include "exporter/settings/setting_value.h"
#include "exporter/settings/shell_words.h"
#include "exporter/settings/yaml_file.h"

namespace {

void ParseAirflowConfig(std::string_view text) {
  const auto file = airflow_host::ParseAirflowConfigFile(text);
  if (!file) return;
  for (const char* section : {"core", "s", "DEFAULT", ""}) {
    for (const char* key : {"executor", "k", ""}) static_cast<void>(file->Get(section, key));
  }
}

void ParseValues(std::string_view text) {
  using namespace airflow_host;
  static_cast<void>(Quoted(text));
  static_cast<void>(ParseSwitch(text));
  if (const auto duration = ParseDuration(text)) static_cast<void>(DurationText(*duration));
  static_cast<void>(ParseNumber(text, 1, 10));
  static_cast<void>(ParseListenAddress(text));
  static_cast<void>(ParseTelemetryPath(text));
  static_cast<void>(ParseMountPath(text));
  static_cast<void>(CheckedDatabaseUrl(text));
  static_cast<void>(CheckedBrokerUrl(text));
  static_cast<void>(SplitList(text));
  static_cast<void>(SplitWords(text));
  static const std::vector<SettingRow> rows = SettingTable({});
  static_cast<void>(ClosestName(std::span(rows).first(1), text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const airflow_host::Environment environment{
      {"A", text.substr(0, 16)}, {"B", "$A"}, {"HOME", "/h"}};
  ParseAirflowConfig(text);
  ParseValues(text);
  static_cast<void>(airflow_host::ExpandVariables(text, environment, "/h"));
  static_cast<void>(airflow_host::ParseYamlSettings(text, "/x.yml"));
  return 0;
}
