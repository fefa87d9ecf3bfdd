// What holds for every metric of every room, and for what the README says of them.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "collectors/registry.h"
#include "exporter/insight/host_insight.h"
#include "exporter/insight/kill_metrics.h"
#include "exporter/insight/reconcile_metrics.h"
#include "exporter/insight/sizing_metrics.h"
#include "exporter/insight/task_memory_metrics.h"
#include "exporter/insight/trend_metrics.h"
#include "exporter/self_metrics.h"
#include "exporter/web/metrics_page.h"

namespace airflow_host {
namespace {

std::vector<MetricDescription> AllMetrics() {
  std::vector<MetricDescription> all;
  const auto add = [&](std::span<const MetricDescription> some) {
    all.insert(all.end(), some.begin(), some.end());
  };
  for (const CollectorRow& row : Collectors()) add(row.metrics());
  add(TrendMetrics());
  add(HostVerdictMetrics());
  add(KillMetrics());
  add(TaskMemoryMetrics());
  add(SizingMetrics());
  add(ReconcileMetrics());
  add(SelfMetrics());
  add(MetricsPageMetrics());
  return all;
}

std::string Readme() {
  std::ifstream file(README_FILE);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Catalogue, NamesEveryMetricOnce) {
  std::set<std::string> names;
  for (const MetricDescription& metric : AllMetrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name << " is there twice";
  }
  EXPECT_GT(names.size(), 100U);
}

TEST(Catalogue, FollowsTheConventionsOfNames) {
  const std::regex ours(
      "(airflow_(host|container|component|oom|tasks?|workers?|queue|install|metadata|broker)_|"
      "process_)"
      "[a-z0-9_]+|airflow_workers");
  for (const MetricDescription& metric : AllMetrics()) {
    const std::string name = metric.name;
    EXPECT_TRUE(std::regex_match(name, ours)) << name;
    EXPECT_EQ(name.ends_with("_total"), metric.type == prometheus::MetricType::Counter) << name;
  }
}

TEST(Catalogue, HasAHelpOfOneSentenceThatCanBeWrittenUnescaped) {
  for (const MetricDescription& metric : AllMetrics()) {
    const std::string help = metric.help;
    EXPECT_GT(help.size(), 15U) << metric.name;
    EXPECT_TRUE(help.ends_with('.')) << metric.name;
    EXPECT_EQ(help.find_first_of("\n\\"), std::string::npos) << metric.name;
  }
}

/// The README's rows for some metrics.
std::string TableOf(std::span<const MetricDescription> metrics) {
  std::string table;
  for (const MetricDescription& metric : metrics) {
    table += "| `" + std::string(metric.name) + "` | " + metric.help + " |\n";
  }
  return table;
}

TEST(Catalogue, StandsInTheReadmeAsAWhole) {
  const std::string readme = Readme();
  const auto check = [&](std::span<const MetricDescription> metrics) {
    const std::string table = TableOf(metrics);
    EXPECT_NE(readme.find(table), std::string::npos) << "the README lacks these rows:\n" << table;
  };
  for (const CollectorRow& row : Collectors()) check(row.metrics());
  check(TrendMetrics());
  check(HostVerdictMetrics());
  check(KillMetrics());
  check(TaskMemoryMetrics());
  check(SizingMetrics());
  check(ReconcileMetrics());
  check(SelfMetrics());
  check(MetricsPageMetrics());
}

TEST(Catalogue, TheReadmeNamesNoMetricThatIsNotThere) {
  std::set<std::string> names;
  for (const MetricDescription& metric : AllMetrics()) names.insert(metric.name);
  const std::string readme = Readme();
  const std::regex name("`(airflow_[a-z0-9_]+)`");
  for (std::sregex_iterator match(readme.begin(), readme.end(), name), end; match != end; ++match) {
    EXPECT_TRUE(names.contains((*match)[1])) << (*match)[1];
  }
}

TEST(Catalogue, TheReadmeHasTheRegistrysTable) {
  std::ostringstream table;
  for (const CollectorRow& row : Collectors()) {
    table << "| `" << row.name << "` | " << (row.enabled_by_default ? "on" : "off") << " | "
          << row.cadence.count() / 1000 << "s | " << row.help << " |\n";
  }
  EXPECT_NE(Readme().find(table.str()), std::string::npos) << table.str();
}

}  // namespace
}  // namespace airflow_host
