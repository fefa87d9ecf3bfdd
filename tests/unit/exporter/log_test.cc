#include "exporter/log.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

constexpr SystemTime kTime{std::chrono::milliseconds(1'700'000'000'007)};

TEST(FormatLogLine, QuotesInLogfmtWhatMustBeQuoted) {
  EXPECT_EQ(FormatLogLine(LogFormat::kLogfmt, LogLevel::kWarn, kTime, "collector failed",
                          {{"collector", "host"}, {"reason", "said \"no\"\n"}, {"empty", ""}}),
            "time=2023-11-14T22:13:20.007Z level=warn message=\"collector failed\" collector=host "
            "reason=\"said \\\"no\\\"?\" empty=\"\"");
}

TEST(FormatLogLine, WritesOneJsonObject) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, LogLevel::kInfo, kTime, "a\"b", {{"key", "\xff"}}),
            "{\"time\":\"2023-11-14T22:13:20.007Z\",\"level\":\"info\",\"message\":\"a\\\"b\","
            "\"key\":\"?\"}");
}

TEST(Log, DropsAndCountsWhatComesTooFast) {
  ManualClock clock;
  Log log(LogLevel::kInfo, LogFormat::kLogfmt, clock);
  ::testing::internal::CaptureStderr();
  for (int line = 0; line < 60; ++line) log.Info("a flood");
  log.Debug("below the level");
  EXPECT_EQ(log.dropped(), 10U);
  clock.Advance(std::chrono::seconds(1));
  log.Info("after a while");
  EXPECT_EQ(log.dropped(), 10U);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("after a while"), std::string::npos);
}

}  // namespace
}  // namespace airflow_host
