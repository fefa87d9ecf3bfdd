// After how long Airflow gives up: a task that stays queued, a task or a component that stays
// silent. Each release has its own rules, and each installation its own values for them.
#pragma once

#include <chrono>
#include <optional>

#include "collectors/metadata/airflow_version.h"

namespace airflow_host {

/// What an installation's configuration says; absent: nothing, so that Airflow's default holds. A
/// plain value.
struct ThresholdSettings {
  using Setting = std::optional<std::chrono::milliseconds>;

  Setting task_queued_timeout = std::nullopt;          ///< `[scheduler]`, since 2.6.
  bool task_queued_timeout_is_airflows = false;        ///< Nobody asked the exporter for it.
  Setting stalled_task_timeout = std::nullopt;         ///< `[celery]`, 2.3 to 2.10; 0: off.
  Setting task_adoption_timeout = std::nullopt;        ///< `[celery]`, to 2.10.
  Setting worker_pods_pending_timeout = std::nullopt;  ///< `[kubernetes_executor]`, to 2.10.
  /// `[scheduler]`: scheduler_zombie_task_threshold, task_instance_heartbeat_timeout since 3.0.
  Setting task_heartbeat_timeout = std::nullopt;
  Setting scheduler_health_check_threshold = std::nullopt;      ///< `[scheduler]`.
  Setting triggerer_health_check_threshold = std::nullopt;      ///< `[triggerer]`, since 2.7.
  Setting dag_processor_health_check_threshold = std::nullopt;  ///< `[dag_processor]`, since 3.2.
  Setting job_heartbeat_interval = std::nullopt;  ///< `[scheduler] job_heartbeat_sec`.

  bool operator==(const ThresholdSettings&) const = default;
};

/// The thresholds that hold in one installation. A plain value, by default that of the newest
/// release without any configuration.
struct Thresholds {
  /// Longer than this no task instance may stay queued; absent: this release lets it wait for ever.
  std::optional<std::chrono::milliseconds> queued = std::chrono::seconds(600);
  /// A task instance that runs has lost its heartbeat when the last one is longer ago than this.
  std::chrono::milliseconds task_heartbeat = std::chrono::seconds(300);
  /// A component is alive (Job.is_alive) when its last heartbeat is not longer ago than this.
  std::chrono::milliseconds scheduler = std::chrono::seconds(30);
  std::chrono::milliseconds triggerer = std::chrono::seconds(30);
  std::chrono::milliseconds dag_processor = std::chrono::seconds(30);

  bool operator==(const Thresholds&) const = default;
};

/// The thresholds of `version` (of the newest release where it is not known) with `settings`. Any
/// thread.
Thresholds ThresholdsOf(const std::optional<AirflowVersion>& version,
                        const ThresholdSettings& settings);

}  // namespace airflow_host
