// Adds what Airflow's own configuration says.
#include "exporter/settings/airflow_settings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/support/clock.h"
#include "collectors/support/text.h"
#include "exporter/settings/airflow_configuration.h"
#include "exporter/settings/airflow_home.h"
#include "exporter/settings/command_runner.h"
#include "exporter/settings/setting_value.h"
#include "exporter/settings/threshold_settings.h"

namespace airflow_host {
namespace {

constexpr AirflowOption kDatabaseUrl{"database", "sql_alchemy_conn", "core", "sql_alchemy_conn",
                                     true};
constexpr AirflowOption kBrokerUrl{"celery", "broker_url", "", "", true};
constexpr AirflowOption kLogFolder{"logging", "base_log_folder", "core", "base_log_folder", false};
constexpr AirflowOption kExecutor{"core", "executor", "", "", false};
constexpr AirflowOption kKubernetesQueue{"celery_kubernetes_executor", "kubernetes_queue", "", "",
                                         false};
/// The first that is set counts: a worker that scales itself goes up to the bound of its range.
constexpr std::array<AirflowOption, 2> kWorkerConcurrency{
    {{"celery", "worker_autoscale", "", ""}, {"celery", "worker_concurrency", "", ""}}};
constexpr const char* kDefaultWorkerConcurrency = "16";
constexpr std::string_view kTransportOptions = "celery_broker_transport_options";

constexpr const char* kNoDatabase =
    "no metadata database is configured: name it by --metadata.url-file, or let the program see "
    "Airflow's own configuration (AIRFLOW__DATABASE__SQL_ALCHEMY_CONN or airflow.cfg)";
constexpr const char* kNoBroker =
    "no Celery broker is configured: name it by --broker.url-file, or let the program see "
    "Airflow's "
    "own configuration (AIRFLOW__CELERY__BROKER_URL or airflow.cfg)";

/// A setting of ours that an option of Airflow's stands for.
struct AirflowCounterpart {
  std::string_view setting;
  AirflowOption option;
};

constexpr std::array<AirflowCounterpart, 14> kCounterparts{{
    {"metadata.schema", {"database", "sql_alchemy_schema", "core", "sql_alchemy_schema"}},
    {"metadata.task-queued-timeout", {"scheduler", "task_queued_timeout", "", ""}},
    {"metadata.task-heartbeat-timeout",
     {"scheduler", "task_instance_heartbeat_timeout", "scheduler",
      "scheduler_zombie_task_threshold"}},
    {"broker.key-prefix", {kTransportOptions, "global_keyprefix", "", ""}},
    {"broker.visibility-timeout", {kTransportOptions, "visibility_timeout", "", ""}},
    {"broker.queues", {"operators", "default_queue", "celery", "default_queue"}},
    {"broker.separator", {kTransportOptions, "sep", "", ""}},
    {"broker.priority-steps", {kTransportOptions, "priority_steps", "", ""}},
    {"broker.master-name", {kTransportOptions, "master_name", "", ""}},
    {"broker.sentinel-options", {kTransportOptions, "sentinel_kwargs", "", "", true}},
    {"broker.tls", {"celery", "ssl_active", "", ""}},
    {"broker.tls-ca-file", {"celery", "ssl_cacert", "", ""}},
    {"broker.tls-cert-file", {"celery", "ssl_cert", "", ""}},
    {"broker.tls-key-file", {"celery", "ssl_key", "", ""}},
}};

/// Stores `value` as if it had been given for `setting`; the error is a whole sentence.
Expected<void> Adopt(AirflowValue value, SourcedSetting& setting, Settings& settings) {
  const auto stored = setting.row->store({value.text}, settings);
  if (!stored) return Fail(stored.error().kind, value.origin + " " + stored.error().message);
  setting.source = SettingSource::kAirflow;
  setting.values = {std::move(value.text)};
  setting.origin = std::move(value.origin);
  setting.given = true;
  return {};
}

/// The small settings: what is wrong with them is noted.
void AdoptCounterpart(const AirflowCounterpart& counterpart, const AirflowConfiguration& airflow,
                      SourcedSetting& setting, Settings& settings) {
  if (setting.source != SettingSource::kDefault) return;
  auto value = airflow.Get(counterpart.option);
  if (!value) {
    settings.notes.push_back(value.error().message);
    return;
  }
  if (!*value || (*value)->text.empty()) return;
  if (setting.row->value_name == "DURATION") {
    // Airflow counts in seconds without saying so.
    if (const auto seconds = ParseAirflowSeconds((*value)->text)) {
      (*value)->text = DurationText(*seconds);
    }
  }
  if (auto adopted = Adopt(**std::move(value), setting, settings); !adopted) {
    settings.notes.push_back(adopted.error().message + "; it is ignored");
  }
}

/// How many tasks a Celery worker runs at once. Airflow's default is true only where its file could
/// be read (`has_file`) and has no other: an environment alone may be a part of the truth.
void AdoptWorkerConcurrency(const AirflowConfiguration& airflow, bool has_file,
                            SourcedSetting& setting, Settings& settings) {
  settings.execution.worker_concurrency_told = setting.given;
  bool silent = true;
  for (const AirflowOption& option : kWorkerConcurrency) {
    const auto value = airflow.Get(option);
    silent = silent && value && (!*value || (*value)->text.empty());
    AdoptCounterpart({setting.row->name, option}, airflow, setting, settings);
  }
  if (setting.given || !silent || !has_file) return;
  static_cast<void>(Adopt({kDefaultWorkerConcurrency, "Airflow's default"}, setting, settings));
  settings.execution.worker_concurrency_is_default = true;
}

/// How Airflow executes tasks, as far as it is written down.
void AdoptExecution(const AirflowConfiguration& airflow, bool has_file, SourcedSettings& sourced,
                    Settings& settings) {
  if (const auto executor = airflow.Get(kExecutor); executor && *executor) {
    settings.execution.executor = (*executor)->text;
  }
  const auto queue = airflow.Get(kKubernetesQueue);
  if (queue && *queue) settings.execution.kubernetes_queue = (*queue)->text;
  AdoptWorkerConcurrency(airflow, has_file, sourced.Find("celery.worker-concurrency"), settings);
}

/// Why Airflow's database is of no use; empty where it was stored.
std::string AdoptDatabaseUrl(const AirflowConfiguration& airflow, SourcedSetting& setting,
                             Settings& settings) {
  auto value = airflow.Get(kDatabaseUrl);
  if (!value) return value.error().message;
  if (!*value) return kNoDatabase;
  if ((*value)->text.empty()) return (*value)->origin + " is empty; " + kNoDatabase;
  if ((*value)->text.starts_with("sqlite")) {
    return "Airflow uses SQLite (" + (*value)->origin +
           "), which only Airflow itself can read safely; the metadata needs PostgreSQL";
  }
  const auto adopted = Adopt(**std::move(value), setting, settings);
  return adopted ? std::string() : adopted.error().message;
}

bool UsesCelery(std::string_view executor) {
  return Lower(executor).find("celery") != std::string::npos;
}

/// Why Airflow's broker is of no use; empty where it was stored.
std::string AdoptBrokerUrl(const AirflowConfiguration& airflow, SourcedSetting& setting,
                           Settings& settings) {
  // An installation without Celery still has a broker_url: a default that leads nowhere.
  const auto executor = airflow.Get(kExecutor);
  if (executor && *executor && !UsesCelery((*executor)->text)) {
    return "Airflow's executor is " + Printable((*executor)->text, 100) + " (" +
           (*executor)->origin +
           "), which uses no Celery broker; if there is one, name it by --broker.url-file";
  }
  auto value = airflow.Get(kBrokerUrl);
  if (!value) return value.error().message;
  if (!*value) return kNoBroker;
  if ((*value)->text.empty()) return (*value)->origin + " is empty; " + kNoBroker;
  const auto adopted = Adopt(**std::move(value), setting, settings);
  return adopted ? std::string() : adopted.error().message;
}

AirflowConfiguration::Runner RunnerFor(const Settings& settings, const Environment& environment) {
  if (!settings.allow_airflow_commands) return nullptr;
  return [&environment](const std::vector<std::string>& words) {
    return RunCommand(words, environment, SystemClock());
  };
}

}  // namespace

SettingsExpected<void> AddAirflowSettings(const SettingsInput& input, SourcedSettings& sourced,
                                          Settings& settings) {
  const std::string home = HomeDirectory(input.environment, input.home_directory);
  const AirflowHomeInput home_input{input.environment, home,
                                    input.root + settings.collector.paths.rootfs};
  auto config = FindAirflowConfig(home_input, sourced, settings.notes);
  if (!config) return tl::unexpected(config.error());
  for (const char* name : {"airflow.home", "airflow.config"}) {
    const SourcedSetting& setting = sourced.Find(name);
    // Absolute by now, so that it cannot fail.
    if (setting.given) static_cast<void>(setting.row->store(setting.values, settings));
  }
  AirflowConfiguration airflow(input.environment, home, RunnerFor(settings, input.environment));
  const bool has_file = config->has_value();
  if (has_file) airflow.UseFile(std::move((*config)->file), std::move((*config)->path));
  for (const AirflowCounterpart& counterpart : kCounterparts) {
    AdoptCounterpart(counterpart, airflow, sourced.Find(counterpart.setting), settings);
  }
  settings.collector.metadata_thresholds.task_queued_timeout_is_airflows =
      sourced.Find("metadata.task-queued-timeout").source == SettingSource::kAirflow;
  AddThresholdSettings(airflow, settings.collector.metadata_thresholds, settings.notes);
  AdoptExecution(airflow, has_file, sourced, settings);
  if (const auto logs = airflow.Get(kLogFolder); logs && *logs) {
    settings.collector.airflow_logs = (*logs)->text;
  }
  SourcedSetting& database = sourced.Find("metadata.url");
  if (!database.given) settings.metadata_absence = AdoptDatabaseUrl(airflow, database, settings);
  SourcedSetting& broker = sourced.Find("broker.url");
  if (!broker.given) settings.broker_absence = AdoptBrokerUrl(airflow, broker, settings);
  return {};
}

}  // namespace airflow_host
