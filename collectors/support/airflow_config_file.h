// airflow.cfg, read as Airflow reads it: with Python's ConfigParser in its strict form.
//
//   [core]
//   # whole lines are comments, the rest of a line is not
//   executor = CeleryExecutor
//   [database]
//   sql_alchemy_conn: postgresql+psycopg2://airflow:p%%40ss@postgres/airflow
//   sql_alchemy_engine_args = {
//       "pool_pre_ping": true      ; indented lines continue a value
//       }
//
// https://docs.python.org/3/library/configparser.html
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/error.h"

namespace airflow_host {

/// The sections of one airflow.cfg. A plain value.
class AirflowConfigFile {
 public:
  /// The value of `key` (small letters) in `section`, or else in [DEFAULT], with `%%` and
  /// `%(name)s` replaced; nothing where there is none. Names of sections are case-sensitive, those
  /// of keys are not, as in ConfigParser. An error says which key holds a `%` that is none of both,
  /// without its value. Any thread.
  Expected<std::optional<std::string>> Get(std::string_view section, std::string_view key) const;

 private:
  friend class AirflowConfigParser;

  using Keys = std::map<std::string, std::string, std::less<>>;

  const std::string* FindRaw(std::string_view section, std::string_view key) const;
  struct Expansion;
  bool Interpolate(std::string_view section, std::string_view raw, int depth,
                   Expansion& expansion) const;

  std::map<std::string, Keys, std::less<>> sections_;
};

/// Reads the text of an airflow.cfg. An error begins with "line N: " and never repeats a value: a
/// line that is neither section, key nor continuation, a key before the first section, or a section
/// or key that stands twice (Airflow does not start with these either). A byte order mark and DOS
/// line ends are allowed. Any thread.
Expected<AirflowConfigFile> ParseAirflowConfigFile(std::string_view text);

}  // namespace airflow_host
