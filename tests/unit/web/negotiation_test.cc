#include "exporter/web/negotiation.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(AcceptsGzip, FollowsQualityValues) {
  const struct {
    const char* header;
    bool gzip;
  } kCases[] = {
      {"", false},
      {"gzip", true},
      {"GZIP", true},
      {"x-gzip", true},
      {"deflate, gzip;q=0.5", true},
      {"gzip;q=0", false},
      {"gzip; q=0.000", false},
      {"gzip;q=0, *", false},
      {"*", true},
      {"*;q=0", false},
      {"identity, *;q=0", false},
      {"identity", false},
      {"gzip;q=0.5, identity", false},
      {"gzip, identity;q=0.5", true},
      {"gzip;q=0.5, identity;q=0.5", true},
      {"gzip;q=nonsense", false},
      {"gzip;q=2", false},
      {"gzip;q=-1", false},
      {"gzip;q=", false},
      {"gzipped", false},
      {"br, zstd", false},
      {",,;;=,", false},
  };
  for (const auto& test : kCases) EXPECT_EQ(AcceptsGzip(test.header), test.gzip) << test.header;
  EXPECT_FALSE(AcceptsGzip(std::string_view("gzip\0x", 6)));
}

TEST(ChooseFormat, GivesOpenMetricsToWhoPrefersIt) {
  const struct {
    const char* header;
    bool open_metrics;
  } kCases[] = {
      // Prometheus 2.42 and 3.5, as they send it.
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       true},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
       "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       true},
      {"", false},
      {"*/*", false},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
      {"text/plain", false},
      {"application/openmetrics-text", true},
      {"Application/OpenMetrics-Text; Version=\"1.0.0\"", true},
      {"application/openmetrics-text;version=0.0.1", false},
      {"application/openmetrics-text;version=2.0.0", false},
      {"application/openmetrics-text;q=0", false},
      {"application/openmetrics-text;q=0.3, text/plain;q=0.9", false},
      {"application/json", false},
      {";;,,=", false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ChooseFormat(test.header) == ExpositionFormat::kOpenMetrics, test.open_metrics)
        << test.header;
  }
}

}  // namespace
}  // namespace airflow_host
