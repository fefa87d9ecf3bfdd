// What an observation looks like as metrics.
#include "collectors/component/component_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace airflow_host {
namespace {

/// name{label="value",...} value, one per sample.
std::multiset<std::string> Describe(const ComponentObservation* observation) {
  MetricWriter writer(1000);
  DescribeComponent(CollectorStatus{}, observation, writer);
  std::multiset<std::string> lines;
  for (const auto& family : writer.Take()) {
    for (const auto& metric : family.metric) {
      std::string line = family.name;
      for (const auto& label : metric.label) line += " " + label.name + "=" + label.value;
      const double value = family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                                          : metric.gauge.value;
      lines.insert(line + " " + std::to_string(value));
    }
  }
  return lines;
}

TEST(DescribeComponent, AddsNothingWithoutAnObservation) { EXPECT_TRUE(Describe(nullptr).empty()); }

TEST(DescribeComponent, WritesEveryMetric) {
  ComponentObservation observation;
  ComponentSample& sample = observation.components.emplace_back();
  sample.component = Component::kScheduler;
  sample.processes = 2;
  sample.rss_bytes = 30;
  sample.anon_bytes = 20;
  sample.shared_bytes = 10;
  sample.swap_bytes = 5;
  sample.largest_process_rss_bytes = 25;
  sample.pss_bytes = 22;
  sample.private_bytes = 21;
  sample.open_fds = 9;
  sample.max_fds = 1024;
  sample.threads = 4;
  sample.oldest_start = FromSecondsSinceEpoch(1000);
  sample.user_seconds = 1.5;
  sample.system_seconds = 0.5;
  sample.restarts = 3;
  ProcessSample& worker = observation.processes.emplace_back();
  worker.component = Component::kCeleryWorker;
  worker.is_main = true;
  worker.worker_concurrency = 16;
  observation.task_processes = 7;
  observation.worker_pool_processes = 8;
  EXPECT_THAT(Describe(&observation),
              testing::UnorderedElementsAre(
                  "airflow_component_processes component=scheduler 2.000000",
                  "airflow_component_memory_rss_bytes component=scheduler 30.000000",
                  "airflow_component_memory_anon_bytes component=scheduler 20.000000",
                  "airflow_component_memory_pss_bytes component=scheduler 22.000000",
                  "airflow_component_memory_private_bytes component=scheduler 21.000000",
                  "airflow_component_open_fds component=scheduler 9.000000",
                  "airflow_component_max_fds component=scheduler 1024.000000",
                  "airflow_worker_concurrency 16.000000",
                  "airflow_component_memory_shared_bytes component=scheduler 10.000000",
                  "airflow_component_memory_swap_bytes component=scheduler 5.000000",
                  "airflow_component_largest_process_rss_bytes component=scheduler 25.000000",
                  "airflow_component_threads component=scheduler 4.000000",
                  "airflow_component_start_timestamp_seconds component=scheduler 1000.000000",
                  "airflow_component_cpu_seconds_total component=scheduler mode=user 1.500000",
                  "airflow_component_cpu_seconds_total component=scheduler mode=system 0.500000",
                  "airflow_component_restarts_total component=scheduler 3.000000",
                  "airflow_task_processes 7.000000", "airflow_worker_pool_processes 8.000000"));
}

TEST(DescribeComponent, NamesTheUsersGroups) {
  ComponentObservation observation;
  observation.neighbour_names =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"mysql"});
  observation.components.emplace_back().component = NeighbourAt(0);
  EXPECT_THAT(Describe(&observation),
              testing::Contains("airflow_component_processes component=mysql 0.000000"));
}

TEST(DescribeComponent, KeepsTheCountersOfAComponentThatHasGone) {
  ComponentObservation observation;
  ComponentSample& sample = observation.components.emplace_back();
  sample.component = Component::kTask;
  EXPECT_THAT(Describe(&observation),
              testing::UnorderedElementsAre(
                  "airflow_component_processes component=task 0.000000",
                  "airflow_component_cpu_seconds_total component=task mode=user 0.000000",
                  "airflow_component_cpu_seconds_total component=task mode=system 0.000000",
                  "airflow_task_processes 0.000000", "airflow_worker_pool_processes 0.000000"));
}

TEST(ComponentMetrics, HasAHelpOfOneLineForEachName) {
  std::set<std::string> names;
  for (const MetricDescription& description : ComponentMetrics()) {
    EXPECT_TRUE(names.insert(description.name).second) << description.name;
    const std::string help = description.help;
    EXPECT_EQ(help.find_first_of("\n\\"), std::string::npos) << help;
    EXPECT_EQ(std::string(description.name).ends_with("_total"),
              description.type == prometheus::MetricType::Counter);
  }
}

}  // namespace
}  // namespace airflow_host
