// The one table of settings. It drives the flags, the names in the environment, the keys of the
// file, --help and --check-config: a new setting is one row here and one field in Settings.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/registry.h"
#include "collectors/support/error.h"
#include "exporter/settings/settings.h"

namespace airflow_host {

/// How a setting is written.
enum class SettingKind {
  kValue,    ///< `--name=VALUE`, once.
  kUrl,      ///< The same, and may hold a password: never in argv, shown without it.
  kSecret,   ///< The same as kValue, but never in argv and never shown.
  kList,     ///< `--name=A,B`, and may be repeated.
  kSwitch,   ///< `--name` or `--no-name`; true or false elsewhere.
  kRequest,  ///< `--name` as a flag only: the program answers and exits.
};

/// One setting.
struct SettingRow {
  /// Stores the value's texts in the settings. The error completes "flag --name ...".
  using Store = std::function<Expected<void>(const std::vector<std::string>&, Settings&)>;

  std::string name;  ///< "web.listen-address"
  SettingKind kind = SettingKind::kValue;
  std::string value_name;    ///< "ADDRESS" in --help; empty for switches.
  std::string default_text;  ///< Empty: there is none, and `store` is not called for it.
  std::string help;          ///< One line.
  std::string group;         ///< Its heading in --help.
  /// It counts at start only: a reload keeps the old value and says so.
  bool fixed_at_start = false;
  Store store;
};

/// The name of the setting `name` in the environment: AIRFLOW_HOST_EXPORTER_WEB_MAX_REQUESTS.
std::string EnvironmentName(std::string_view name);

/// What every such name begins with.
inline constexpr std::string_view kEnvironmentPrefix = "AIRFLOW_HOST_EXPORTER_";

/// All settings, those of each collector included, in the order of --help. `Settings::collectors`
/// must have one entry per row of `collectors` when a row's `store` is called.
std::vector<SettingRow> SettingTable(std::span<const CollectorRow> collectors);

/// True for the collectors from which the insights learn trends: their buckets and patience are
/// made for its cadence, so that a new one counts from the next start on. Any thread.
bool HasFixedCadence(std::string_view collector);

/// The name in `rows` that is closest to the mistyped `name`; empty where none is close.
std::string ClosestName(std::span<const SettingRow> rows, std::string_view name);

}  // namespace airflow_host
