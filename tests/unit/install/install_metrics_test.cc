#include "collectors/component/install/install_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace airflow_host {
namespace {

std::multiset<std::string> Describe(const InstallSummary& summary) {
  MetricWriter writer(1000);
  DescribeInstalls(summary, writer);
  std::multiset<std::string> lines;
  for (const auto& family : writer.Take()) {
    for (const auto& metric : family.metric) {
      std::string line = family.name;
      for (const auto& label : metric.label) line += " " + label.name + "=" + label.value;
      lines.insert(line + " " + std::to_string(metric.gauge.value));
    }
  }
  return lines;
}

TEST(DescribeInstalls, AddsNothingWhereNothingIsKnown) { EXPECT_TRUE(Describe({}).empty()); }

TEST(DescribeInstalls, WritesEveryMetric) {
  InstallSummary summary;
  summary.installs.push_back({"2.10.5", "3.10.0", "3.12", "CeleryExecutor", "dist-info:version"});
  summary.settings.push_back({"num_runs", -1});
  summary.otel_traces_enabled = true;
  summary.stdlib_bytecode_missing = false;
  EXPECT_THAT(Describe(summary),
              testing::UnorderedElementsAre(
                  "airflow_install_info version=2.10.5 celery_provider=3.10.0 python=3.12 "
                  "executor=CeleryExecutor source=dist-info:version 1.000000",
                  "airflow_install_setting name=num_runs -1.000000",
                  "airflow_install_otel_traces_enabled 1.000000",
                  "airflow_install_stdlib_bytecode_missing 0.000000"));
}

}  // namespace
}  // namespace airflow_host
