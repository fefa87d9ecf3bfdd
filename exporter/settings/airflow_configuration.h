// Airflow's own configuration: its environment variables and airflow.cfg, searched in Airflow's
// order, so that on a host where Airflow runs nothing need be configured twice.
//
//   AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, ..._CMD, ..._SECRET, then the same of the older name
//   airflow.cfg [database] sql_alchemy_conn, then the older name
//   airflow.cfg sql_alchemy_conn_cmd, then the older; sql_alchemy_conn_secret, then the older
//
// https://airflow.apache.org/docs/apache-airflow/stable/howto/set-config.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/airflow_config_file.h"
#include "collectors/support/environment.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// One option of Airflow, small letters throughout.
struct AirflowOption {
  std::string_view section;
  std::string_view key;
  std::string_view older_section;  ///< Its deprecated name; empty: there is none.
  std::string_view older_key;
  bool sensitive = false;  ///< `_CMD` and `_SECRET` count for it.
};

/// A value that Airflow's configuration holds.
struct AirflowValue {
  std::string text;
  std::string origin;  ///< "environment variable X" or "/opt/airflow/airflow.cfg [section] key".
};

/// Searches Airflow's configuration. Used by one thread; the environment must outlive it.
class AirflowConfiguration {
 public:
  /// Runs a command that was split into words, and gives its output.
  using Runner = std::function<Expected<std::string>(const std::vector<std::string>&)>;

  /// `home` stands for `~`. Without a `runner`, commands are refused.
  AirflowConfiguration(const Environment& environment, std::string_view home, Runner runner)
      : environment_(environment), home_(home), runner_(std::move(runner)) {}

  /// The airflow.cfg to search; `path` is what a person is shown.
  void UseFile(AirflowConfigFile file, std::string path);

  /// What `option` is set to, or nothing where neither variable nor file sets it: Airflow's
  /// defaults are not applied. An error is a whole sentence without secrets: a command or a secrets
  /// backend would have to be asked, the command failed, or the value refers to itself. As in
  /// Airflow, such a source is not passed over for the next.
  Expected<std::optional<AirflowValue>> Get(const AirflowOption& option) const;

 private:
  using Found = Expected<std::optional<AirflowValue>>;

  Found FromEnvironment(std::string_view section, std::string_view key, bool sensitive) const;
  Found FromFile(std::string_view section, std::string_view key) const;
  Found FromFileCommand(std::string_view section, std::string_view key) const;
  Found FromFileSecret(std::string_view section, std::string_view key) const;
  Found Expanded(std::string_view text, std::string origin) const;
  Found FromCommand(std::string_view command, std::string origin) const;
  Found Secret(const std::string& origin) const;
  std::string FileOrigin(std::string_view section, std::string_view key) const;

  const Environment& environment_;
  std::string home_;
  Runner runner_;
  std::optional<AirflowConfigFile> file_;
  std::string path_;
};

}  // namespace airflow_host
