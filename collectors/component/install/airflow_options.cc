// Looks up a few options of Airflow.
#include "collectors/component/install/airflow_options.h"

#include <array>
#include <cstddef>

#include "collectors/component/install/dist_info.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// One option. Airflow's names and its variable.
struct OptionRow {
  std::string_view section;
  std::string_view key;
  std::string_view variable;
};

constexpr OptionRow kExecutor = {"core", "executor", "AIRFLOW__CORE__EXECUTOR"};
constexpr OptionRow kOtelTraces = {"traces", "otel_on", "AIRFLOW__TRACES__OTEL_ON"};

/// In the order of InstallNumber.
constexpr std::array<OptionRow, kInstallNumberCount> kNumbers = {{
    {"scheduler", "num_runs", "AIRFLOW__SCHEDULER__NUM_RUNS"},
    {"core", "parallelism", "AIRFLOW__CORE__PARALLELISM"},
    {"celery", "worker_concurrency", "AIRFLOW__CELERY__WORKER_CONCURRENCY"},
    {"celery", "worker_autoscale", "AIRFLOW__CELERY__WORKER_AUTOSCALE"},
    {"celery", "sync_parallelism", "AIRFLOW__CELERY__SYNC_PARALLELISM"},
}};

/// Airflow's config_templates/config.yml and the Celery provider's, from 2.2 to 3.3.
constexpr std::array<std::optional<std::int64_t>, kInstallNumberCount> kDefaultNumbers = {
    -1, 32, 16, std::nullopt, 0};

constexpr std::array<std::string_view, 14> kWanted = {kExecutor.variable,
                                                      kOtelTraces.variable,
                                                      kNumbers[0].variable,
                                                      kNumbers[1].variable,
                                                      kNumbers[2].variable,
                                                      kNumbers[3].variable,
                                                      kNumbers[4].variable,
                                                      "AIRFLOW_HOME",
                                                      "AIRFLOW_CONFIG",
                                                      "HOME",
                                                      "VIRTUAL_ENV",
                                                      "PYTHONPATH",
                                                      "PYTHONDONTWRITEBYTECODE",
                                                      "PYTHONPYCACHEPREFIX"};

/// What a lookup gave.
struct OptionText {
  bool set = false;                 ///< Some source sets it.
  std::optional<std::string> text;  ///< Empty where what is set cannot be understood.
  InstallSource source = InstallSource::kDefault;
};

/// Airflow replaces "~" and "$NAME". A variable that was not kept cannot be replaced.
std::optional<std::string> Expand(std::string_view text, const OptionSources& sources) {
  static const Environment kNone;
  const Environment& variables = sources.variables != nullptr ? *sources.variables : kNone;
  auto expanded = ExpandVariables(text, variables, sources.home);
  if (!expanded || expanded->find('$') != std::string::npos) return std::nullopt;
  return std::string(Trim(*expanded));
}

OptionText LookUp(const OptionRow& option, const OptionSources& sources) {
  if (sources.variables != nullptr) {
    if (const auto value = Find(*sources.variables, option.variable)) {
      return {true, Expand(*value, sources), InstallSource::kEnvironment};
    }
  }
  if (sources.file == nullptr) return {};
  const auto value = sources.file->Get(option.section, option.key);
  if (!value) return {true, std::nullopt, InstallSource::kConfigFile};
  if (!*value) return {};
  return {true, Expand(**value, sources), InstallSource::kConfigFile};
}

/// Airflow's getint and getboolean leave out what follows a "#".
std::string_view WithoutComment(std::string_view text) {
  return Trim(text.substr(0, text.find('#')));
}

/// conf.getboolean: "t", "true", "1", "f", "false", "0" in any case.
std::optional<bool> ParseBoolean(std::string_view text) {
  const std::string lower = Lower(WithoutComment(text));
  if (lower == "t" || lower == "true" || lower == "1") return true;
  if (lower == "f" || lower == "false" || lower == "0") return false;
  return std::nullopt;
}

/// The default of [core] executor, which changed with Airflow 3.
std::optional<std::string> DefaultExecutor(const std::optional<ReleaseSeries>& series) {
  if (!series) return std::nullopt;
  return series->major < 3 ? "SequentialExecutor" : "LocalExecutor";
}

/// Whether the section [celery] means anything: it came out of the core with Airflow 2.7.
bool HasCelery(const InstallFacts& facts, const std::optional<ReleaseSeries>& series) {
  return facts.celery_provider.has_value() || (series && *series < ReleaseSeries{2, 7});
}

void AddNumber(std::size_t index, const OptionSources& sources, bool has_default,
               InstallFacts& facts) {
  const OptionText found = LookUp(kNumbers.at(index), sources);
  auto& number = facts.numbers.at(index);
  if (found.text) {
    std::string_view text = WithoutComment(*found.text);
    const bool pair = index == static_cast<std::size_t>(InstallNumber::kWorkerAutoscaleMax);
    if (pair) text = Trim(text.substr(0, text.find(',')));
    if (const auto value = ParseSigned(text)) number = {*value, found.source};
  } else if (!found.set && sources.complete && has_default && kDefaultNumbers.at(index)) {
    number = {*kDefaultNumbers.at(index), InstallSource::kDefault};
  }
}

}  // namespace

std::span<const std::string_view> WantedVariables() { return kWanted; }

void AddOptions(const OptionSources& sources, InstallFacts& facts) {
  const auto series = facts.version ? SeriesOf(facts.version->value) : std::nullopt;
  const OptionText executor = LookUp(kExecutor, sources);
  if (executor.text && !executor.text->empty()) {
    facts.executor = {*executor.text, executor.source};
  } else if (const auto value = DefaultExecutor(series);
             value && !executor.set && sources.complete) {
    facts.executor = {*value, InstallSource::kDefault};
  }
  for (std::size_t index = 0; index < kInstallNumberCount; ++index) {
    const bool celery = kNumbers.at(index).section == "celery";
    AddNumber(index, sources, series && (!celery || HasCelery(facts, series)), facts);
  }
  const bool can_trace = !series || *series >= ReleaseSeries{2, 10};
  if (!can_trace) return;
  const OptionText traces = LookUp(kOtelTraces, sources);
  if (traces.text) {
    if (const auto on = ParseBoolean(*traces.text)) facts.otel_traces = {*on, traces.source};
  } else if (!traces.set && sources.complete && series) {
    facts.otel_traces = {false, InstallSource::kDefault};
  }
}

std::vector<std::string> ConfigPaths(const Environment* variables, std::string_view home) {
  constexpr std::string_view kFile = "/airflow.cfg";
  std::vector<std::string> paths;
  const auto add = [&](std::string path) {
    const bool usable = path.starts_with('/') && path.find('$') == std::string::npos;
    if (usable) paths.push_back(std::move(path));
  };
  const auto add_default = [&] {
    if (!home.empty()) add(std::string(home) + "/airflow" + std::string(kFile));
  };
  if (variables == nullptr) {
    add_default();
    add("/opt/airflow" + std::string(kFile));
    return paths;
  }
  const auto expanded = [&](std::string_view name) -> std::optional<std::string> {
    const auto value = Find(*variables, name);
    if (!value || value->empty()) return std::nullopt;
    return ExpandVariables(*value, *variables, home).value_or("");
  };
  if (auto file = expanded("AIRFLOW_CONFIG")) {
    add(*std::move(file));
  } else if (auto folder = expanded("AIRFLOW_HOME")) {
    add(*std::move(folder) + std::string(kFile));
  } else {
    add_default();
  }
  return paths;
}

}  // namespace airflow_host
