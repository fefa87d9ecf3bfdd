// What is installed on this host: what the single processes tell, put together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/component/component.h"
#include "collectors/component/install/install_facts.h"

namespace airflow_host {

/// One installation of Airflow; a member is empty where it is not known.
struct InstallSample {
  std::string version;          ///< Of Airflow.
  std::string celery_provider;  ///< Of its Celery provider.
  std::string python;           ///< "3.12".
  std::string executor;
  /// Where what is known of it was read, by source:
  /// "dist-info:version,celery_provider exe:python environ:executor airflow.cfg:parallelism".
  std::string source;

  bool operator==(const InstallSample&) const = default;
};

/// One setting that is a number.
struct InstallSetting {
  std::string_view name;
  std::int64_t value = 0;

  bool operator==(const InstallSetting&) const = default;
};

/// All installations together.
struct InstallSummary {
  /// More are left out: containers of one host rarely have more than two.
  static constexpr std::size_t kMostInstalls = 8;

  std::vector<InstallSample> installs;
  std::vector<InstallSetting> settings;         ///< Each name once, in the order of InstallNumber.
  std::optional<bool> otel_traces_enabled;      ///< In any process.
  std::optional<bool> stdlib_bytecode_missing;  ///< For any process.
  /// Which right is missing for the rest, in one sentence; empty while all could be read.
  std::string problem;
};

/// What was found out about one process.
struct InstallEntry {
  Component component = Component::kOtherAirflow;
  InstallFacts facts;
  bool root_denied = false;
  bool environment_denied = false;
  bool config_denied = false;
};

/// How many tasks at a time a Celery worker with these settings runs, the upper bound where it
/// scales; empty where that is not known. Pure; any thread.
std::optional<std::uint32_t> ConcurrencyOf(const InstallFacts& facts);

/// Puts the entries together, which stand with the oldest process first. Two of one version that
/// differ in no other label that both know are one installation. A setting is that of the component
/// that obeys it (num_runs: the scheduler), or else of any; of several such the oldest process's.
/// Pure; any thread.
InstallSummary Summarize(std::span<const InstallEntry> entries);

}  // namespace airflow_host
