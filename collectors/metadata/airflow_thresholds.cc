// Knows each release's rules. Airflow's own: airflow/jobs/scheduler_job_runner.py (__init__ for the
// queued timeout), job.py (Job.is_alive, health_check_threshold), triggerer_job_runner.py,
// dag_processor_job_runner.py.
#include "collectors/metadata/airflow_thresholds.h"

#include <algorithm>

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The newest release's rules hold where nothing is known.
bool AtLeast(const std::optional<AirflowVersion>& version, int major, int minor) {
  return !version || version->AtLeast(major, minor);
}

/// 2.2 to 2.5 end a queued task only where stalled_task_timeout is set. They end adopted tasks,
/// too, by task_adoption_timeout, but which ones are adopted only the scheduler knows; and they do
/// not read a task_queued_timeout that is configured. 2.6 took the place of all older settings by
/// one, and counted the longest of those that are set; 3.0 knows no other.
std::optional<milliseconds> QueuedThreshold(const std::optional<AirflowVersion>& version,
                                            const ThresholdSettings& settings) {
  const auto given = settings.task_queued_timeout;
  if (AtLeast(version, 3, 0)) return given.value_or(seconds(600));
  const milliseconds stalled = settings.stalled_task_timeout.value_or(milliseconds(0));
  if (!AtLeast(version, 2, 6)) {
    if (stalled > milliseconds(0)) return stalled;
    return settings.task_queued_timeout_is_airflows ? std::nullopt : given;
  }
  return std::max({given.value_or(seconds(600)), stalled,
                   settings.task_adoption_timeout.value_or(milliseconds(0)),
                   settings.worker_pods_pending_timeout.value_or(milliseconds(0))});
}

}  // namespace

Thresholds ThresholdsOf(const std::optional<AirflowVersion>& version,
                        const ThresholdSettings& settings) {
  Thresholds thresholds;
  thresholds.queued = QueuedThreshold(version, settings);
  thresholds.task_heartbeat = settings.task_heartbeat_timeout.value_or(thresholds.task_heartbeat);
  thresholds.scheduler = settings.scheduler_health_check_threshold.value_or(thresholds.scheduler);
  // Components without a setting of their own: 2.1 heartbeats.
  const milliseconds heartbeats = settings.job_heartbeat_interval.value_or(seconds(5)) * 21 / 10;
  thresholds.triggerer =
      AtLeast(version, 2, 7)
          ? settings.triggerer_health_check_threshold.value_or(thresholds.triggerer)
          : heartbeats;
  thresholds.dag_processor =
      AtLeast(version, 3, 2)
          ? settings.dag_processor_health_check_threshold.value_or(thresholds.dag_processor)
          : heartbeats;
  return thresholds;
}

}  // namespace airflow_host
