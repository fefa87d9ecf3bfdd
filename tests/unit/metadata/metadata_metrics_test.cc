#include "collectors/metadata/metadata_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// All samples, as "name{label=value,...}" to their values.
std::map<std::string, double> Page(const CollectorStatus& status,
                                   const MetadataObservation* observation) {
  MetricWriter writer(1000);
  DescribeMetadata(status, observation, writer);
  std::map<std::string, double> page;
  for (const auto& family : writer.Take()) {
    for (const auto& metric : family.metric) {
      std::string key = family.name + "{";
      for (const auto& label : metric.label) key += label.name + "=" + label.value + ",";
      const bool counter = family.type == prometheus::MetricType::Counter;
      const bool added =
          page.emplace(key + "}", counter ? metric.counter.value : metric.gauge.value).second;
      EXPECT_TRUE(added) << key << " twice";
    }
  }
  return page;
}

TEST(MetadataMetrics, AreWellNamed) {
  std::set<std::string> names;
  for (const MetricDescription& metric : MetadataMetrics()) {
    EXPECT_THAT(metric.name, StartsWith("airflow_metadata_"));
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_THAT(metric.help, Not(HasSubstr("\n")));
    EXPECT_THAT(metric.help, Not(HasSubstr("\\")));
    const bool counter = metric.type == prometheus::MetricType::Counter;
    EXPECT_EQ(std::string(metric.name).ends_with("_total"), counter) << metric.name;
  }
}

TEST(DescribeMetadata, TellsUpFromDownFromUnknown) {
  CollectorStatus status;
  EXPECT_TRUE(Page(status, nullptr).empty());
  status.succeeded = false;
  status.connection_failures = 3;
  EXPECT_EQ(Page(status, nullptr),
            (std::map<std::string, double>{{"airflow_metadata_up{}", 0},
                                           {"airflow_metadata_connection_failures_total{}", 3}}));
  status.succeeded = true;
  EXPECT_EQ(Page(status, nullptr).at("airflow_metadata_up{}"), 1);
  status.succeeded = false;
  status.answered = true;
  EXPECT_EQ(Page(status, nullptr).at("airflow_metadata_up{}"), 1) << "it answered, if with a no";
  status.stuck = true;
  EXPECT_EQ(Page(status, nullptr).at("airflow_metadata_up{}"), 0);
}

TEST(DescribeMetadata, LeavesOutWhatIsUnknown) {
  const MetadataObservation nothing;
  const auto page = Page(CollectorStatus{}, &nothing);
  EXPECT_EQ(page, (std::map<std::string, double>{{"airflow_metadata_query_seconds{}", 0}}));
}

TEST(DescribeMetadata, ShowsEverything) {
  MetadataObservation seen;
  seen.revision = "cc92b33c6709";
  seen.airflow_version = "3.1.0-3.1.7";
  seen.query_duration = std::chrono::milliseconds(2);
  seen.task_instances = {{"queued", "default", "", 3}};
  seen.oldest = {{"queued", "default", FromSecondsSinceEpoch(1700000000)}};
  seen.task_instances_overdue = 1;
  seen.task_instances_heartbeat_lost = 2;
  seen.dag_runs = {{"queued", 4}};
  seen.oldest_queued_dag_run = FromSecondsSinceEpoch(1700000001);
  seen.dags_active = 5;
  seen.dags_paused = 6;
  seen.import_errors = 0;
  seen.dag_versions = 7;
  seen.triggers = 8;
  seen.pools = {{"p", 10U, 1, 2, 3, 4, -3}, {"endless", std::nullopt, 0, 0, 0, 0, std::nullopt}};
  seen.heartbeats = {{"scheduler", "h", FromSecondsSinceEpoch(1700000002)}};
  seen.alive = {{"scheduler", 1}};
  seen.connections = {{"psql", "idle", 9}};
  seen.connections_max = 100;
  seen.longest_transaction = FromSecondsSinceEpoch(1700000003);
  seen.database_size_bytes = 8192;
  seen.deadlocks = 11;
  seen.server_start = FromSecondsSinceEpoch(1700000004);
  CollectorStatus status;
  status.connection_failures = 12;
  const auto page = Page(status, &seen);
  const auto value = [&](const std::string& name) {
    return page.at("airflow_metadata_" + name + "}");
  };
  EXPECT_EQ(value("info{revision=cc92b33c6709,airflow_version=3.1.0-3.1.7,"), 1);
  EXPECT_EQ(value("query_seconds{"), 0.002);
  EXPECT_EQ(value("task_instances{state=queued,queue=default,executor=,"), 3);
  EXPECT_EQ(value("oldest_timestamp_seconds{state=queued,queue=default,"), 1700000000);
  EXPECT_EQ(value("task_instances_overdue{state=queued,"), 1);
  EXPECT_EQ(value("task_instances_heartbeat_lost{"), 2);
  EXPECT_EQ(value("dag_runs{state=queued,"), 4);
  EXPECT_EQ(value("oldest_queued_dag_run_timestamp_seconds{"), 1700000001);
  EXPECT_EQ(value("dags{state=active,"), 5);
  EXPECT_EQ(value("dags{state=paused,"), 6);
  EXPECT_EQ(value("import_errors{"), 0);
  EXPECT_EQ(value("dag_versions{"), 7);
  EXPECT_EQ(value("triggers{"), 8);
  EXPECT_EQ(value("pool_slots{pool=p,state=total,"), 10);
  EXPECT_EQ(value("pool_slots{pool=p,state=open,"), -3);
  EXPECT_EQ(page.count("airflow_metadata_pool_slots{pool=endless,state=total,}"), 0U);
  EXPECT_EQ(value("component_heartbeat_timestamp_seconds{component=scheduler,hostname=h,"),
            1700000002);
  EXPECT_EQ(value("components_alive{component=scheduler,"), 1);
  EXPECT_EQ(value("connections{application=psql,state=idle,"), 9);
  EXPECT_EQ(value("connections_max{"), 100);
  EXPECT_EQ(value("longest_transaction_timestamp_seconds{"), 1700000003);
  EXPECT_EQ(value("database_size_bytes{"), 8192);
  EXPECT_EQ(value("deadlocks_total{"), 11);
  EXPECT_EQ(value("start_timestamp_seconds{"), 1700000004);
  EXPECT_EQ(value("connection_failures_total{"), 12);

  // What is described is what may appear, and the other way round (up apart, which is unknown
  // here).
  std::set<std::string> shown;
  for (const auto& [key, unused] : page) shown.insert(key.substr(0, key.find('{')));
  for (const MetricDescription& metric : MetadataMetrics()) {
    EXPECT_EQ(shown.count(metric.name), metric.name == std::string("airflow_metadata_up") ? 0U : 1U)
        << metric.name;
  }
}

}  // namespace
}  // namespace airflow_host
