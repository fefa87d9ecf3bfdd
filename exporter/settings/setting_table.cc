// The one table of settings.
#include "exporter/settings/setting_table.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>
#include <utility>

#include "collectors/component/neighbour_groups.h"
#include "collectors/support/text.h"
#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

using Values = std::vector<std::string>;
using Rows = std::vector<SettingRow>;

constexpr std::uint32_t kMostRequests = 64;
constexpr std::uint32_t kMostTasksAtOnce = 100'000;
constexpr std::size_t kMostWindows = 4;
constexpr std::size_t kFarthestName = 3;

/// Parses the one text and stores it in the field that `field` names.
template <typename Parse, typename Field>
SettingRow::Store StoreIn(Field field, Parse parse) {
  return [field, parse](const Values& values, Settings& settings) -> Expected<void> {
    auto value = parse(values.front());
    if (!value) return tl::unexpected(value.error());
    field(settings) = *std::move(value);
    return {};
  };
}

/// Parses every text and stores them all; none of them may be there twice.
template <typename Parse, typename Field>
SettingRow::Store StoreAllIn(Field field, Parse parse) {
  return [field, parse](const Values& values, Settings& settings) -> Expected<void> {
    auto& list = field(settings);
    list.clear();
    for (const std::string& text : values) {
      auto value = parse(text);
      if (!value) return tl::unexpected(value.error());
      if (std::find(list.begin(), list.end(), *value) != list.end()) {
        return Fail(ErrorKind::kMalformed, "holds " + Quoted(text) + " twice");
      }
      list.push_back(*std::move(value));
    }
    return {};
  };
}

/// Any text.
Expected<std::string> AsItStands(std::string_view text) { return std::string(text); }

/// A file or directory; its `~` is resolved already.
Expected<std::string> ParseFilePath(std::string_view text) {
  if (text.starts_with('/')) return std::string(text);
  return Fail(ErrorKind::kMalformed, "wants an absolute path, not " + Quoted(text));
}

/// A file or directory, or the empty text for none.
Expected<std::string> ParseOptionalPath(std::string_view text) {
  if (text.empty()) return std::string();
  return ParseFilePath(text);
}

Expected<std::string> ParseQueueName(std::string_view text) {
  if (!text.empty()) return std::string(text);
  return Fail(ErrorKind::kMalformed, "wants names of queues, but one of them is empty");
}

Expected<std::chrono::seconds> ParseWholeSeconds(std::string_view text) {
  const auto duration = ParseDuration(text);
  if (!duration) return tl::unexpected(duration.error());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*duration);
  if (seconds == *duration && seconds.count() > 0) return seconds;
  return Fail(ErrorKind::kMalformed, "wants a duration of whole seconds, not " + Quoted(text));
}

/// The windows in ascending order, whatever the order in which they were given.
Expected<void> StoreWindows(const Values& values, Settings& settings) {
  auto& windows = settings.trend_windows;
  const auto store = StoreAllIn(
      [](Settings & all) -> auto& { return all.trend_windows; }, ParseWholeSeconds);
  if (auto stored = store(values, settings); !stored) return stored;
  if (windows.empty() || windows.size() > kMostWindows) {
    return Fail(ErrorKind::kMalformed, "wants one to four durations");
  }
  std::sort(windows.begin(), windows.end());
  return {};
}

Expected<void> StoreListenAddresses(const Values& values, Settings& settings) {
  if (values.empty()) return Fail(ErrorKind::kMalformed, "wants at least one address");
  return StoreAllIn(
      [](Settings & all) -> auto& { return all.listen_addresses; }, ParseListenAddress)(values,
                                                                                        settings);
}

Expected<double> ParsePercent(std::string_view text) {
  const auto number = ParseDecimal(text);
  if (number && *number >= 0 && *number <= 100) return *number;
  return Fail(ErrorKind::kMalformed, "wants a number from 0 to 100, not " + Quoted(text));
}

/// "16", or as `worker_autoscale` has it "MAX,MIN", of which the first counts. What follows a "#"
/// is left out, as Airflow's getint does.
Expected<std::uint32_t> ParseTasksAtOnce(std::string_view text) {
  std::string_view most = text.substr(0, text.find('#'));
  most = Trim(most.substr(0, most.find(',')));
  const auto number = ParseUnsigned(most);
  if (number && *number >= 1 && *number <= kMostTasksAtOnce) {
    return static_cast<std::uint32_t>(*number);
  }
  return Fail(ErrorKind::kMalformed, "wants a number of tasks from 1 to " +
                                         std::to_string(kMostTasksAtOnce) + ", not " +
                                         Quoted(text));
}

Expected<void> StoreNeighbours(const Values& values, Settings& settings) {
  auto groups = ParseNeighbourGroups(values);
  if (!groups) return tl::unexpected(groups.error());
  settings.collector.neighbours = *std::move(groups);
  return {};
}

/// A file that is read before the settings are stored, so that nothing is left to store.
Expected<void> StoreNothing(const Values&, Settings&) { return {}; }

void AddProgramRows(Rows& rows) {
  const char* const group = "Program";
  rows.push_back({"config.file", SettingKind::kValue, "FILE", "",
                  "YAML file with settings; its nested keys are the names of the flags", group,
                  false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.config_file; }, ParseFileName)});
  rows.push_back({"memory.lock", SettingKind::kSwitch, "", "true",
                  "Keep the program in memory, so that it answers while the host swaps", group,
                  true,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.lock_memory; }, ParseSwitch)});
  rows.push_back(
      {"storage.path", SettingKind::kValue, "PATH", "",
       "Directory that keeps the slopes over a restart (default: STATE_DIRECTORY)", group, true,
       StoreIn(
           [](Settings & all) -> auto& { return all.storage_path; }, ParseOptionalPath)});
  rows.push_back({"log.level", SettingKind::kValue, "LEVEL", "info",
                  "Least important line that is logged: debug, info, warn or error", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.log_level; }, ParseLogLevel)});
  rows.push_back({"log.format", SettingKind::kValue, "FORMAT", "logfmt",
                  "How a line is written: logfmt or json", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.log_format; }, ParseLogFormat)});
  rows.push_back({"check-config", SettingKind::kRequest, "", "",
                  "Print every setting with its origin, and exit", group, false, StoreNothing});
  rows.push_back({"version", SettingKind::kRequest, "", "", "Print the version, and exit", group,
                  false, StoreNothing});
  rows.push_back({"help", SettingKind::kRequest, "", "", "Print this text, and exit", group, false,
                  StoreNothing});
}

void AddWebRows(Rows& rows) {
  const char* const group = "Web";
  rows.push_back({"web.listen-address", SettingKind::kList, "ADDRESS", "0.0.0.0:10132",
                  "Where to listen: HOST:PORT, :PORT or [IPv6]:PORT", group, true,
                  StoreListenAddresses});
  rows.push_back(
      {"web.telemetry-path", SettingKind::kValue, "URL-PATH", "/metrics", "Path of the metrics",
       group, true,
       StoreIn(
           [](Settings & all) -> auto& { return all.telemetry_path; }, ParseTelemetryPath)});
  rows.push_back({"web.max-requests", SettingKind::kValue, "NUMBER", "4",
                  "Requests answered at once, by a thread each; more wait their turn", group, true,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.max_requests; },
                      [](std::string_view text) { return ParseNumber(text, 1, kMostRequests); })});
}

void AddHostRows(Rows& rows) {
  const char* const group = "Host and containers";
  rows.push_back(
      {"path.procfs", SettingKind::kValue, "PATH", "/proc", "Where proc is mounted", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.paths.procfs; }, ParseMountPath)});
  rows.push_back(
      {"path.sysfs", SettingKind::kValue, "PATH", "/sys", "Where sysfs is mounted", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.paths.sysfs; }, ParseMountPath)});
  rows.push_back(
      {"path.rootfs", SettingKind::kValue, "PATH", "/",
       "Where the host's root is mounted; put before its other paths, airflow.cfg included", group,
       false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.paths.rootfs; }, ParseMountPath)});
  rows.push_back({"path.kmsg", SettingKind::kValue, "PATH", "/dev/kmsg",
                  "The kernel's log, which says whom it killed for want of memory", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.kmsg; }, ParseFilePath)});
  rows.push_back(
      {"host.mountpoints", SettingKind::kList, "PATH", "",
       "Directories whose file systems are watched besides / and AIRFLOW_HOME", group, false,
       StoreAllIn(
           [](Settings & all) -> auto& { return all.collector.mountpoints; }, ParseFilePath)});
  rows.push_back({"container.docker-socket", SettingKind::kValue, "PATH", "/var/run/docker.sock",
                  "Docker's socket, asked for names of containers; empty: never asked", group,
                  false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.docker_socket; },
                      ParseOptionalPath)});
  rows.push_back({"container.podman-socket", SettingKind::kValue, "PATH", "/run/podman/podman.sock",
                  "Podman's socket, asked about its containers; empty: Docker's is", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.podman_socket; },
                      ParseOptionalPath)});
  rows.push_back({"trend.windows", SettingKind::kList, "DURATION", "1h,6h",
                  "Spans over which the growth of memory is measured", group, true, StoreWindows});
}

void AddMetadataRows(Rows& rows) {
  const char* const group = "Metadata database (default: as Airflow is configured)";
  rows.push_back({"metadata.url-file", SettingKind::kValue, "FILE", "",
                  "File that holds nothing but the database's SQLAlchemy URL", group, false,
                  StoreNothing});
  rows.push_back({"metadata.url", SettingKind::kUrl, "URL", "",
                  "SQLAlchemy URL; one with a password only by file or environment", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.database_url; },
                      CheckedDatabaseUrl)});
  rows.push_back(
      {"metadata.schema", SettingKind::kValue, "NAME", "",
       "Schema of Airflow's tables; empty: the user's search path", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.database_schema; }, AsItStands)});
  rows.push_back({"metadata.task-queued-timeout", SettingKind::kValue, "DURATION", "",
                  "How long a task may be queued (task_queued_timeout)", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& {
                        return all.collector.metadata_thresholds.task_queued_timeout;
                      },
                      ParseDuration)});
  rows.push_back({"metadata.task-heartbeat-timeout", SettingKind::kValue, "DURATION", "",
                  "How long a running task may be silent (task_instance_heartbeat_timeout)", group,
                  false,
                  StoreIn(
                      [](Settings & all) -> auto& {
                        return all.collector.metadata_thresholds.task_heartbeat_timeout;
                      },
                      ParseDuration)});
}

void AddComponentRows(Rows& rows) {
  const char* const group = "Components";
  rows.push_back(
      {"component.pss-budget", SettingKind::kValue, "PERCENT", "1",
       "What reading PSS, private memory and file descriptors may cost, of one core; 0: not read",
       group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.pss_budget_percent; },
           ParsePercent)});
  rows.push_back(
      {"component.neighbours", SettingKind::kList, "NAME=PATTERN", "",
       "More groups of neighbours: * and ? against a process's name or its whole command line",
       group, false, StoreNeighbours});
}

void AddBrokerRows(Rows& rows) {
  const char* const group = "Celery broker (default: as Airflow is configured)";
  rows.push_back({"broker.url-file", SettingKind::kValue, "FILE", "",
                  "File that holds nothing but the broker's URL", group, false, StoreNothing});
  rows.push_back(
      {"broker.url", SettingKind::kUrl, "URL", "",
       "Redis URL as kombu reads it; one with a password only by file or environment", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_url; }, CheckedBrokerUrl)});
  rows.push_back(
      {"broker.key-prefix", SettingKind::kValue, "TEXT", "",
       "Prefix of kombu's keys (global_keyprefix)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_key_prefix; }, AsItStands)});
  rows.push_back(
      {"broker.visibility-timeout", SettingKind::kValue, "DURATION", "",
       "After which Redis delivers a task anew", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_visibility_timeout; },
           ParseWholeSeconds)});
  rows.push_back(
      {"broker.queues", SettingKind::kList, "NAME", "default",
       "Queues to report besides those that the broker knows", group, false,
       StoreAllIn(
           [](Settings & all) -> auto& { return all.collector.broker_queues; }, ParseQueueName)});
  rows.push_back(
      {"broker.message-ids", SettingKind::kSwitch, "", "false",
       "Read the messages, credentials included, and keep their ids: to name the tasks that are "
       "lost",
       group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_message_ids; }, ParseSwitch)});
  rows.push_back(
      {"broker.separator", SettingKind::kValue, "TEXT", "",
       "Between queue and priority in kombu's keys (sep)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_separator; }, AsItStands)});
  rows.push_back({"broker.priority-steps", SettingKind::kValue, "NUMBERS", "",
                  "Priorities that have a list of their own (priority_steps)", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.broker_priority_steps; },
                      ParsePrioritySteps)});
  rows.push_back(
      {"broker.master-name", SettingKind::kValue, "NAME", "",
       "What the sentinels of a sentinel:// URL call the master (master_name)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_master_name; }, AsItStands)});
  rows.push_back({"broker.sentinel-options", SettingKind::kSecret, "JSON", "",
                  "How to sign in to the sentinels (sentinel_kwargs); by file or environment only",
                  group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.broker_sentinel_options; },
                      CheckedSentinelOptions)});
}

void AddBrokerTlsRows(Rows& rows) {
  const char* const group = "Celery broker (default: as Airflow is configured)";
  rows.push_back(
      {"broker.tls", SettingKind::kSwitch, "", "false",
       "TLS for a URL that has no ssl_ parameters ([celery] ssl_active)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_tls; }, ParseSwitch)});
  rows.push_back(
      {"broker.tls-check-hostname", SettingKind::kSwitch, "", "true",
       "A certificate that is checked must name the host, where no ssl_check_hostname says it",
       group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_tls_check_hostname; },
           ParseSwitch)});
  rows.push_back(
      {"broker.tls-ca-file", SettingKind::kValue, "FILE", "",
       "PEM file of those who vouch for the broker (ssl_cacert)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_tls_authorities_file; },
           ParseOptionalPath)});
  rows.push_back(
      {"broker.tls-cert-file", SettingKind::kValue, "FILE", "",
       "PEM file of the certificate that is shown to the broker (ssl_cert)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.broker_tls_certificate_file; },
           ParseOptionalPath)});
  rows.push_back({"broker.tls-key-file", SettingKind::kValue, "FILE", "",
                  "PEM file of that certificate's key (ssl_key)", group, false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.collector.broker_tls_key_file; },
                      ParseOptionalPath)});
}

void AddAirflowRows(Rows& rows) {
  const char* const group = "Airflow's own configuration";
  rows.push_back({"celery.worker-concurrency", SettingKind::kValue, "NUMBER", "",
                  "Tasks that one Celery worker runs at once (default: its own, then [celery])",
                  group, true,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.execution.worker_concurrency; },
                      ParseTasksAtOnce)});
  rows.push_back(
      {"airflow.home", SettingKind::kValue, "PATH", "",
       "AIRFLOW_HOME (default: the variable, then ~/airflow)", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.collector.airflow_home; }, ParseFilePath)});
  rows.push_back({"airflow.config", SettingKind::kValue, "FILE", "",
                  "airflow.cfg (default: AIRFLOW_CONFIG, then AIRFLOW_HOME/airflow.cfg)", group,
                  false,
                  StoreIn(
                      [](Settings & all) -> auto& { return all.airflow_config; }, ParseFilePath)});
  rows.push_back(
      {"airflow.allow-commands", SettingKind::kSwitch, "", "false",
       "Run the commands of Airflow's _CMD variables and _cmd keys to get its URLs", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.allow_airflow_commands; }, ParseSwitch)});
}

void AddCollectorRows(Rows& rows, std::span<const CollectorRow> collectors) {
  const char* const group = "Collectors";
  rows.push_back(
      {"collector.disable-defaults", SettingKind::kSwitch, "", "false",
       "Switch off every collector that is not switched on by name", group, false,
       StoreIn(
           [](Settings & all) -> auto& { return all.disable_default_collectors; }, ParseSwitch)});
  for (std::size_t index = 0; index < collectors.size(); ++index) {
    const CollectorRow& collector = collectors[index];
    const std::string name = "collector." + std::string(collector.name);
    rows.push_back({name, SettingKind::kSwitch, "", collector.enabled_by_default ? "true" : "false",
                    std::string(collector.help), group, false,
                    StoreIn(
                        [index](Settings & all) -> auto& { return all.collectors[index].enabled; },
                        ParseSwitch)});
    rows.push_back({name + ".cadence", SettingKind::kValue, "DURATION",
                    DurationText(collector.cadence), "How often it observes", group,
                    HasFixedCadence(collector.name),
                    StoreIn(
                        [index](Settings & all) -> auto& { return all.collectors[index].cadence; },
                        ParseDuration)});
  }
}

/// Levenshtein's distance: how many letters must be put in, taken out or changed.
std::size_t Distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

bool HasFixedCadence(std::string_view collector) {
  return collector == "host" || collector == "container" || collector == "component";
}

std::string EnvironmentName(std::string_view name) {
  std::string result(kEnvironmentPrefix);
  for (const char byte : name) {
    const bool separator = byte == '.' || byte == '-';
    result.push_back(separator ? '_'
                               : static_cast<char>(std::toupper(static_cast<unsigned char>(byte))));
  }
  return result;
}

std::vector<SettingRow> SettingTable(std::span<const CollectorRow> collectors) {
  Rows rows;
  AddProgramRows(rows);
  AddWebRows(rows);
  AddHostRows(rows);
  AddComponentRows(rows);
  AddMetadataRows(rows);
  AddBrokerRows(rows);
  AddBrokerTlsRows(rows);
  AddAirflowRows(rows);
  AddCollectorRows(rows, collectors);
  return rows;
}

std::string ClosestName(std::span<const SettingRow> rows, std::string_view name) {
  std::string closest;
  std::size_t least = std::min(kFarthestName, name.size() / 3) + 1;
  if (name.size() > 100) return closest;
  for (const SettingRow& row : rows) {
    const std::size_t distance = Distance(name, row.name);
    if (distance >= least) continue;
    least = distance;
    closest = row.name;
  }
  return closest;
}

}  // namespace airflow_host
