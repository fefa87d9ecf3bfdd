// What one process of Airflow tells about the installation that it runs from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// Where something was read. Lower ones outweigh higher ones: Airflow itself looks into its
/// environment first.
enum class InstallSource : std::uint8_t {
  kDistInfo,      ///< The name of a folder in site-packages.
  kInterpreter,   ///< The name of the program: /proc/PID/exe.
  kSitePackages,  ///< The path of the folder in which the packages are.
  kEnvironment,   ///< /proc/PID/environ, its own or that of the process that started it.
  kConfigFile,    ///< airflow.cfg.
  kDefault,       ///< Neither sets it though both could be read: Airflow's default.
};

inline constexpr std::size_t kInstallSourceCount = 6;

/// "dist-info", "exe", "path", "environ", "airflow.cfg", "default". Static storage; any thread.
std::string_view InstallSourceName(InstallSource source);

/// A value, and where it was read.
template <typename T>
struct InstallValue {
  T value{};
  InstallSource source = InstallSource::kDistInfo;

  bool operator==(const InstallValue&) const = default;
};

template <typename T>
using MaybeInstallValue = std::optional<InstallValue<T>>;

/// The settings that are numbers: the values of the label "name" of airflow_install_setting.
enum class InstallNumber : std::uint8_t {
  kNumRuns,             ///< [scheduler] num_runs: loops until the scheduler ends; -1: for ever.
  kParallelism,         ///< [core] parallelism: tasks at a time, per scheduler.
  kWorkerConcurrency,   ///< [celery] worker_concurrency: tasks at a time, per worker.
  kWorkerAutoscaleMax,  ///< The first of [celery] worker_autoscale ("max,min"), which outweighs it.
  kSyncParallelism,     ///< [celery] sync_parallelism: processes that send tasks; 0: by the CPUs.
};

inline constexpr std::size_t kInstallNumberCount = 5;

/// "num_runs", "worker_concurrency". Static storage; any thread.
std::string_view InstallNumberName(InstallNumber number);

/// What was found; a member is empty where it is not known.
struct InstallFacts {
  MaybeInstallValue<std::string> version;          ///< Of Airflow: "2.10.5".
  MaybeInstallValue<std::string> celery_provider;  ///< apache-airflow-providers-celery.
  MaybeInstallValue<std::string> python;           ///< "3.12": the patch release stands nowhere.
  MaybeInstallValue<std::string> executor;         ///< [core] executor, as it is written.
  std::array<MaybeInstallValue<std::int64_t>, kInstallNumberCount> numbers;
  MaybeInstallValue<bool> otel_traces;  ///< [traces] otel_on (from Airflow 2.10 on).
  /// Every start of an interpreter leaves names in the kernel's dentry cache: see
  /// IsStdlibBytecodeMissing.
  std::optional<bool> stdlib_bytecode_missing;

  MaybeInstallValue<std::int64_t>& number(InstallNumber which) {
    return numbers.at(static_cast<std::size_t>(which));
  }
  const MaybeInstallValue<std::int64_t>& number(InstallNumber which) const {
    return numbers.at(static_cast<std::size_t>(which));
  }

  bool operator==(const InstallFacts&) const = default;
};

}  // namespace airflow_host
