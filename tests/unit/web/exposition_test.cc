#include "exporter/web/exposition.h"

#include <gtest/gtest.h>

#include "collectors/support/metric_writer.h"

namespace airflow_host {
namespace {

constexpr MetricDescription kGauge = {"a_bytes", "Bytes (file)."};
constexpr MetricDescription kCounter = {"b_events_total", "Says \"events\".",
                                        prometheus::MetricType::Counter};

std::vector<prometheus::MetricFamily> Families() {
  MetricWriter writer(100);
  writer.Add(kGauge, 1.5, {{"path", "C:\\x \"y\""}, {"queue", "default"}});
  writer.Add(kGauge, 12345678901234567.0, {{"path", "큐"}, {"queue", "b"}});
  writer.Add(kCounter, 3);
  return writer.Take();
}

TEST(WriteText, WritesPrometheusText) {
  EXPECT_EQ(WriteText(Families()),
            "# HELP a_bytes Bytes (file).\n"
            "# TYPE a_bytes gauge\n"
            "a_bytes{path=\"C:\\\\x \\\"y\\\"\",queue=\"default\"} 1.5\n"
            "a_bytes{path=\"큐\",queue=\"b\"} 1.234567890123457e+16\n"
            "# HELP b_events_total Says \"events\".\n"
            "# TYPE b_events_total counter\n"
            "b_events_total 3\n");
  EXPECT_EQ(WriteText({}), "");
}

TEST(WriteOpenMetrics, NamesCounterFamiliesWithoutTotalAndEnds) {
  EXPECT_EQ(WriteOpenMetrics(Families()),
            "# HELP a_bytes Bytes (file).\n"
            "# TYPE a_bytes gauge\n"
            "a_bytes{path=\"C:\\\\x \\\"y\\\"\",queue=\"default\"} 1.5\n"
            "a_bytes{path=\"큐\",queue=\"b\"} 12345678901234568\n"
            "# HELP b_events Says \\\"events\\\".\n"
            "# TYPE b_events counter\n"
            "b_events_total 3\n"
            "# EOF\n");
  EXPECT_EQ(WriteOpenMetrics({}), "# EOF\n");
}

}  // namespace
}  // namespace airflow_host
