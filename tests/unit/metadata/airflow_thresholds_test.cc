#include "collectors/metadata/airflow_thresholds.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Thresholds Of(int major, int minor, const ThresholdSettings& settings = {}) {
  return ThresholdsOf(AirflowVersion{major, minor, ""}, settings);
}

TEST(ThresholdsOf, AreEachReleasesOwnDefaults) {
  const milliseconds heartbeats(10500);
  for (const int minor : {2, 3, 4, 5}) {
    EXPECT_EQ(Of(2, minor).queued, std::nullopt) << minor << ": it waits for ever";
  }
  for (const int minor : {6, 7, 8, 9, 10, 11}) {
    EXPECT_EQ(Of(2, minor).queued, seconds(600)) << minor;
  }
  EXPECT_EQ(Of(2, 6).triggerer, heartbeats);
  EXPECT_EQ(Of(2, 7).triggerer, seconds(30));
  EXPECT_EQ(Of(2, 7).dag_processor, heartbeats);
  EXPECT_EQ(Of(3, 1).dag_processor, heartbeats);
  EXPECT_EQ(Of(3, 2).dag_processor, seconds(30));
  EXPECT_EQ(Of(2, 2).scheduler, seconds(30));
  EXPECT_EQ(Of(2, 2).task_heartbeat, seconds(300));
  EXPECT_EQ(Of(3, 3), Thresholds{});
  EXPECT_EQ(ThresholdsOf(std::nullopt, {}), Thresholds{});
}

TEST(ThresholdsOf, QueuedTakesWhatTheReleaseCounts) {
  ThresholdSettings settings;
  settings.task_adoption_timeout = seconds(900);
  settings.worker_pods_pending_timeout = seconds(700);
  EXPECT_EQ(Of(2, 5, settings).queued, std::nullopt) << "only adopted tasks are meant";
  EXPECT_EQ(Of(2, 6, settings).queued, seconds(900));
  EXPECT_EQ(Of(3, 0, settings).queued, seconds(600));
  settings.stalled_task_timeout = seconds(0);
  EXPECT_EQ(Of(2, 4, settings).queued, std::nullopt) << "0 turns it off";
  settings.stalled_task_timeout = seconds(1000);
  EXPECT_EQ(Of(2, 4, settings).queued, seconds(1000));
  EXPECT_EQ(Of(2, 10, settings).queued, seconds(1000));
  settings.task_queued_timeout = seconds(60);
  EXPECT_EQ(Of(2, 10, settings).queued, seconds(1000));
  EXPECT_EQ(Of(3, 1, settings).queued, seconds(60));
  EXPECT_EQ(Of(2, 8, {.task_queued_timeout = seconds(1200)}).queued, seconds(1200));
  EXPECT_EQ(Of(2, 5, {.task_queued_timeout = seconds(1200)}).queued, seconds(1200))
      << "somebody asked for it";
  const ThresholdSettings configured = {.task_queued_timeout = seconds(1200),
                                        .task_queued_timeout_is_airflows = true};
  EXPECT_EQ(Of(2, 5, configured).queued, std::nullopt) << "this release does not read it";
  EXPECT_EQ(Of(2, 6, configured).queued, seconds(1200));
  EXPECT_EQ(Of(3, 3, configured).queued, seconds(1200));
}

TEST(ThresholdsOf, ComponentsTakeTheirOwnSettings) {
  const ThresholdSettings settings = {.task_heartbeat_timeout = seconds(1),
                                      .scheduler_health_check_threshold = seconds(2),
                                      .triggerer_health_check_threshold = seconds(3),
                                      .dag_processor_health_check_threshold = seconds(4),
                                      .job_heartbeat_interval = seconds(10)};
  const Thresholds oldest = Of(2, 2, settings);
  EXPECT_EQ(oldest.task_heartbeat, seconds(1));
  EXPECT_EQ(oldest.scheduler, seconds(2));
  EXPECT_EQ(oldest.triggerer, seconds(21));
  EXPECT_EQ(oldest.dag_processor, seconds(21));
  const Thresholds newest = Of(3, 3, settings);
  EXPECT_EQ(newest.triggerer, seconds(3));
  EXPECT_EQ(newest.dag_processor, seconds(4));
}

}  // namespace
}  // namespace airflow_host
