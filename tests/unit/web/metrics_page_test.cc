#include "exporter/web/metrics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/web/sample_board.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr MetricDescription kInsight = {"insight_verdict", "A verdict (insight)."};

std::vector<MetricsPage::Describer> OneInsight() {
  return {[](MetricWriter& writer) { writer.Add(kInsight, 1); }};
}

TEST(MetricsPage, ShowsSourcesThenInsightsThenHowCollectorsFare) {
  const SampleBoard sample;
  const MetricsPage page(sample.board, OneInsight());
  EXPECT_EQ(
      page.Render({}, ExpositionFormat::kText),
      "# HELP sample_bytes A number (sample).\n"
      "# TYPE sample_bytes gauge\n"
      "sample_bytes{index=\"0\"} 42\n"
      "# HELP sample_events_total Events (sample).\n"
      "# TYPE sample_events_total counter\n"
      "sample_events_total 3\n"
      "# HELP insight_verdict A verdict (insight).\n"
      "# TYPE insight_verdict gauge\n"
      "insight_verdict 1\n"
      "# HELP airflow_host_exporter_collector_success Whether the collector's last finished "
      "observation succeeded and none hangs (exporter). Absent until the first has finished, "
      "and where the collector has no source.\n"
      "# TYPE airflow_host_exporter_collector_success gauge\n"
      "airflow_host_exporter_collector_success{collector=\"host\"} 1\n"
      "airflow_host_exporter_collector_success{collector=\"metadata\"} 0\n"
      "airflow_host_exporter_collector_success{collector=\"broker\"} 0\n"
      "# HELP airflow_host_exporter_collector_duration_seconds How long the collector's last "
      "finished observation took (exporter).\n"
      "# TYPE airflow_host_exporter_collector_duration_seconds gauge\n"
      "airflow_host_exporter_collector_duration_seconds{collector=\"host\"} 0.00085\n"
      "airflow_host_exporter_collector_duration_seconds{collector=\"metadata\"} 2\n"
      "airflow_host_exporter_collector_duration_seconds{collector=\"broker\"} 2\n"
      "# HELP airflow_host_exporter_collector_last_success_timestamp_seconds When the "
      "collector's last successful observation ended (exporter).\n"
      "# TYPE airflow_host_exporter_collector_last_success_timestamp_seconds gauge\n"
      "airflow_host_exporter_collector_last_success_timestamp_seconds{collector=\"host\"} "
      "1700003597\n"
      "airflow_host_exporter_collector_last_success_timestamp_seconds{collector=\"metadata\"} "
      "1700001080\n"
      "airflow_host_exporter_collector_last_success_timestamp_seconds{collector=\"broker\"} "
      "1700001080\n"
      "# HELP airflow_host_exporter_collector_stuck Whether an observation of the collector "
      "is under way and past its deadline (exporter).\n"
      "# TYPE airflow_host_exporter_collector_stuck gauge\n"
      "airflow_host_exporter_collector_stuck{collector=\"host\"} 0\n"
      "airflow_host_exporter_collector_stuck{collector=\"metadata\"} 0\n"
      "airflow_host_exporter_collector_stuck{collector=\"broker\"} 1\n"
      "airflow_host_exporter_collector_stuck{collector=\"component\"} 0\n"
      "# HELP airflow_host_exporter_series_dropped_total Samples left out of pages because "
      "the page was full, since the exporter started (exporter).\n"
      "# TYPE airflow_host_exporter_series_dropped_total counter\n"
      "airflow_host_exporter_series_dropped_total 0\n");
}

TEST(MetricsPage, LeavesOutStaleObservations) {
  SampleBoard sample;
  const MetricsPage page(sample.board);
  sample.clock.Advance(std::chrono::seconds(18));
  const std::string text = page.Render({}, ExpositionFormat::kText);
  EXPECT_THAT(text, Not(HasSubstr("sample_bytes")));
  EXPECT_THAT(text, HasSubstr("collector_success{collector=\"host\"} 1\n"));
}

TEST(MetricsPage, ShowsOnlyTheChosenCollectors) {
  const SampleBoard sample;
  const MetricsPage page(sample.board, OneInsight());
  const std::string host = page.Render({{"host"}, {}}, ExpositionFormat::kText);
  EXPECT_THAT(host, HasSubstr("sample_bytes"));
  EXPECT_THAT(host, HasSubstr("collector=\"host\""));
  EXPECT_THAT(host, Not(HasSubstr("collector=\"metadata\"")));
  EXPECT_THAT(host, Not(HasSubstr("insight_verdict")));
  const std::string others = page.Render({{}, {"host"}}, ExpositionFormat::kText);
  EXPECT_THAT(others, Not(HasSubstr("sample_bytes")));
  EXPECT_THAT(others, HasSubstr("insight_verdict"));
}

TEST(MetricsPage, KeepsItsBoundAndCountsWhatItDropped) {
  SampleBoard sample;
  auto many = std::make_shared<SampleObservation>();
  many->series = 50;
  sample.board.Publish("host", many);
  const MetricsPage page(sample.board, OneInsight(), 10);
  const std::string first = page.Render({}, ExpositionFormat::kText);
  EXPECT_THAT(first, HasSubstr("sample_bytes{index=\"8\"}"));
  EXPECT_THAT(first, Not(HasSubstr("sample_bytes{index=\"9\"}")));
  // What a source pushes off the page is never the insights nor the exporter's word on it.
  EXPECT_THAT(first, HasSubstr("insight_verdict 1\n"));
  EXPECT_THAT(first, HasSubstr("collector_success{collector=\"host\"} 1\n"));
  EXPECT_THAT(first, HasSubstr("series_dropped_total 42\n"));
  EXPECT_THAT(page.Render({}, ExpositionFormat::kText), HasSubstr("series_dropped_total 84\n"));
}

TEST(MetricsPage, WritesOpenMetrics) {
  const SampleBoard sample;
  const MetricsPage page(sample.board);
  const std::string text = page.Render({}, ExpositionFormat::kOpenMetrics);
  EXPECT_THAT(text, HasSubstr("# TYPE sample_events counter\nsample_events_total 3\n"));
  EXPECT_TRUE(text.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace airflow_host
