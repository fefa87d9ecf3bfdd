// Reads Airflow's thresholds, each a number of seconds:
//
//   [scheduler] scheduler_health_check_threshold = 30
//   [celery] stalled_task_timeout = 0
#include "exporter/settings/threshold_settings.h"

#include <array>
#include <cmath>

#include "collectors/support/text.h"
#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

struct ThresholdOption {
  ThresholdSettings::Setting ThresholdSettings::*field;
  AirflowOption option;
};

constexpr std::array<ThresholdOption, 7> kOptions{{
    {&ThresholdSettings::stalled_task_timeout, {"celery", "stalled_task_timeout", "", ""}},
    {&ThresholdSettings::task_adoption_timeout, {"celery", "task_adoption_timeout", "", ""}},
    {&ThresholdSettings::worker_pods_pending_timeout,
     {"kubernetes_executor", "worker_pods_pending_timeout", "kubernetes",
      "worker_pods_pending_timeout"}},
    {&ThresholdSettings::scheduler_health_check_threshold,
     {"scheduler", "scheduler_health_check_threshold", "", ""}},
    {&ThresholdSettings::triggerer_health_check_threshold,
     {"triggerer", "triggerer_health_check_threshold", "", ""}},
    {&ThresholdSettings::dag_processor_health_check_threshold,
     {"dag_processor", "health_check_threshold", "", ""}},
    {&ThresholdSettings::job_heartbeat_interval, {"scheduler", "job_heartbeat_sec", "", ""}},
}};

}  // namespace

std::optional<std::chrono::milliseconds> ParseAirflowSeconds(std::string_view text) {
  constexpr double kLongest = 3650.0 * 24 * 3600;
  const auto seconds = ParseDecimal(text);
  if (!seconds || *seconds < 0 || *seconds > kLongest) return std::nullopt;
  return std::chrono::milliseconds(std::llround(*seconds * 1000));
}

void AddThresholdSettings(const AirflowConfiguration& airflow, ThresholdSettings& thresholds,
                          std::vector<std::string>& notes) {
  for (const auto& [field, option] : kOptions) {
    const auto value = airflow.Get(option);
    if (!value) notes.push_back(value.error().message);
    if (!value || !*value || (*value)->text.empty()) continue;
    const auto seconds = ParseAirflowSeconds((*value)->text);
    if (seconds) {
      thresholds.*field = seconds;
    } else {
      notes.push_back((*value)->origin + " wants a number of seconds, not " +
                      Quoted((*value)->text) + "; it is ignored");
    }
  }
}

}  // namespace airflow_host
