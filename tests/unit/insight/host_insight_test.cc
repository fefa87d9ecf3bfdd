#include "exporter/insight/host_insight.h"

#include <gtest/gtest.h>

#include <map>

namespace airflow_host {
namespace {

using std::chrono::seconds;

std::map<std::string, double> Page(const HostVerdict& verdict) {
  MetricWriter writer(100);
  DescribeHostVerdict(verdict, writer);
  std::map<std::string, double> values;
  for (const auto& family : writer.Take()) values[family.name] = family.metric.at(0).gauge.value;
  return values;
}

TEST(HostInsight, JudgesWhatItAbsorbs) {
  HostInsight insight(seconds(1));
  const SteadyTime start{std::chrono::hours(1)};
  HostObservation host;
  host.memory.total_bytes = 3963588ULL * 1024;
  host.memory.swap_total_bytes = 0;
  host.memory.swap_free_bytes = 0;
  host.memory.available_bytes = *host.memory.total_bytes / 2;
  host.memory_pressure.some = Seconds(3);
  host.paging = {.swap_in_bytes = 0,
                 .swap_out_bytes = 0,
                 .major_page_faults = 100,
                 .anonymous_refaults = 0,
                 .file_refaults = 0,
                 .oom_kills = 0};
  insight.Absorb(host, start);
  EXPECT_EQ(insight.Verdict(start).thrashing, std::nullopt);
  insight.Absorb(host, start + seconds(10));
  const HostVerdict verdict = insight.Verdict(start + seconds(14));
  EXPECT_EQ(verdict.thrashing, false);
  EXPECT_EQ(verdict.swap_recommended_bytes, 2ULL << 30U);
  EXPECT_EQ(insight.Verdict(start + seconds(15)).thrashing, std::nullopt);
  EXPECT_EQ(insight.Verdict(start + seconds(15)).swap_recommended_bytes, std::nullopt);
}

TEST(DescribeHostVerdict, ShowsWhatIsKnown) {
  EXPECT_TRUE(Page({}).empty());
  const auto page = Page({.thrashing = true, .swap_recommended_bytes = 4ULL << 30U});
  EXPECT_EQ(page.at("airflow_host_thrashing"), 1);
  EXPECT_EQ(page.at("airflow_host_swap_recommended_bytes"), 4294967296.0);
  EXPECT_EQ(page.size(), HostVerdictMetrics().size());
}

}  // namespace
}  // namespace airflow_host
