#include "exporter/settings/threshold_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/settings/settings_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ParseAirflowSeconds, ReadsNumbersOnly) {
  EXPECT_EQ(ParseAirflowSeconds("600.0"), seconds(600));
  EXPECT_EQ(ParseAirflowSeconds("30"), seconds(30));
  EXPECT_EQ(ParseAirflowSeconds("0"), seconds(0));
  EXPECT_EQ(ParseAirflowSeconds("0.25"), milliseconds(250));
  for (const char* wrong : {"", "x", "-1", "1e300", "nan", "inf", "30s", "1 0"}) {
    EXPECT_EQ(ParseAirflowSeconds(wrong), std::nullopt) << wrong;
  }
}

class ThresholdSettingsTest : public SettingsTest {};

TEST_F(ThresholdSettingsTest, ComeFromAirflowsConfiguration) {
  Write("/opt/airflow/airflow.cfg",
        "[scheduler]\ntask_queued_timeout = 1200.0\nscheduler_zombie_task_threshold = 120\n"
        "scheduler_health_check_threshold = 31\njob_heartbeat_sec = 7\n"
        "[celery]\nstalled_task_timeout = 0\ntask_adoption_timeout = 601\n"
        "[kubernetes]\nworker_pods_pending_timeout = 602\n"
        "[triggerer]\ntriggerer_health_check_threshold = 32\n"
        "[dag_processor]\nhealth_check_threshold = 33.5\n");
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"}};
  const Settings settings = Load();
  EXPECT_THAT(settings.notes, IsEmpty());
  const ThresholdSettings expected = {.task_queued_timeout = seconds(1200),
                                      .task_queued_timeout_is_airflows = true,
                                      .stalled_task_timeout = seconds(0),
                                      .task_adoption_timeout = seconds(601),
                                      .worker_pods_pending_timeout = seconds(602),
                                      .task_heartbeat_timeout = seconds(120),
                                      .scheduler_health_check_threshold = seconds(31),
                                      .triggerer_health_check_threshold = seconds(32),
                                      .dag_processor_health_check_threshold = milliseconds(33500),
                                      .job_heartbeat_interval = seconds(7)};
  EXPECT_EQ(settings.collector.metadata_thresholds, expected);
  EXPECT_EQ(Origin(settings, "metadata.task-queued-timeout").value, "20m");
  EXPECT_EQ(Origin(settings, "metadata.task-heartbeat-timeout").origin,
            root_ + "/opt/airflow/airflow.cfg [scheduler] scheduler_zombie_task_threshold");
}

TEST_F(ThresholdSettingsTest, OfBothNamesTheNewerCountsAndOursBeatsAirflows) {
  input_.environment = {{"AIRFLOW__SCHEDULER__SCHEDULER_ZOMBIE_TASK_THRESHOLD", "120"},
                        {"AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT", "90.5"},
                        {"AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT", "60"}};
  input_.arguments = {"--metadata.task-queued-timeout=5m"};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.metadata_thresholds.task_heartbeat_timeout, milliseconds(90500));
  EXPECT_EQ(settings.collector.metadata_thresholds.task_queued_timeout, seconds(300));
  EXPECT_FALSE(settings.collector.metadata_thresholds.task_queued_timeout_is_airflows);
}

TEST_F(ThresholdSettingsTest, WhatIsOfNoUseIsNotedAndIgnored) {
  input_.environment = {{"AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC", "often"},
                        {"AIRFLOW__CELERY__STALLED_TASK_TIMEOUT", ""},
                        {"AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT", "long"}};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.metadata_thresholds, ThresholdSettings{});
  EXPECT_THAT(settings.notes,
              testing::UnorderedElementsAre(
                  HasSubstr("JOB_HEARTBEAT_SEC wants a number of seconds, not \"often\"; it is "
                            "ignored"),
                  HasSubstr("TASK_QUEUED_TIMEOUT wants a duration")));
}

}  // namespace
}  // namespace airflow_host
