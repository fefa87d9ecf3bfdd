// What the program was told to do, resolved and typed: the result of flags, environment, file,
// Airflow's own configuration and defaults. Plain values; whoever holds one may read it from any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/registry.h"
#include "exporter/insight/execution_settings.h"
#include "exporter/log.h"

namespace airflow_host {

/// One address to listen on.
struct ListenAddress {
  /// An IPv4 or IPv6 address without brackets, or a host name; empty means every address.
  std::string host;
  /// 0: one that the kernel chooses.
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

/// What was decided about one collector of the registry.
struct CollectorChoice {
  std::string_view name;  ///< As in the registry's row, whose storage it shares.
  bool enabled = false;
  std::chrono::milliseconds cadence{};
};

/// One line of --check-config.
struct SettingOrigin {
  std::string name;    ///< "web.listen-address"
  std::string value;   ///< As it may be shown: passwords are hidden.
  std::string origin;  ///< "flag --web.listen-address", "/etc/x.yml line 3", "default", ...
};

/// All settings of one run.
struct Settings {
  std::vector<ListenAddress> listen_addresses;
  std::string telemetry_path;
  /// Requests answered at once, by a thread each.
  std::uint32_t max_requests = 0;
  /// The YAML file that was read; empty: none.
  std::string config_file;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
  /// Keep the program's pages in memory (mlockall).
  bool lock_memory = true;
  /// The spans over which slopes are taken; ascending, at least one.
  std::vector<std::chrono::seconds> trend_windows;
  /// Directory that keeps the history of the trends over a restart; empty: it is not kept.
  std::string storage_path;
  /// May run the commands that Airflow's `_CMD` variables and `_cmd` keys name.
  bool allow_airflow_commands = false;
  /// airflow.cfg as the settings name it; empty: where Airflow itself looks for it.
  std::string airflow_config;
  bool disable_default_collectors = false;
  /// How Airflow executes tasks; it counts at start only.
  ExecutionSettings execution;

  /// What the collectors' factories are given.
  CollectorSettings collector;
  /// One per row of the registry, in its order.
  std::vector<CollectorChoice> collectors;

  /// Why `collector.database_url` is absent, and what to do; empty where it is present.
  std::string metadata_absence;
  /// Why `collector.broker_url` is absent, and what to do; empty where it is present.
  std::string broker_absence;
  /// What a person should know though it does not stop the program: for the log and the page.
  std::vector<std::string> notes;
  /// Every setting with where it comes from, in the order of the table.
  std::vector<SettingOrigin> origins;
};

}  // namespace airflow_host
