#include "exporter/settings/setting_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(ParseSwitch, KnowsTheWordsOfYamlAndShells) {
  for (const char* word : {"true", "True", "YES", "on", "1"}) EXPECT_EQ(*ParseSwitch(word), true);
  for (const char* word : {"false", "FALSE", "no", "Off", "0"}) {
    EXPECT_EQ(*ParseSwitch(word), false);
  }
  for (const char* wrong : {"", "2", "truee", "y", " true"}) EXPECT_FALSE(ParseSwitch(wrong));
}

TEST(ParseDuration, ReadsEveryUnit) {
  const std::pair<const char*, milliseconds> kCases[] = {
      {"250ms", milliseconds(250)},      {"90s", std::chrono::seconds(90)},
      {"30m", std::chrono::minutes(30)}, {"1h", std::chrono::hours(1)},
      {"1d", std::chrono::hours(24)},    {"1h30m", std::chrono::minutes(90)},
      {"0s", milliseconds(0)},           {"3650d", std::chrono::hours(24 * 3650)},
  };
  for (const auto& [text, expected] : kCases) {
    ASSERT_TRUE(ParseDuration(text)) << text;
    EXPECT_EQ(*ParseDuration(text), expected) << text;
  }
}

TEST(ParseDuration, RefusesAllElse) {
  for (const char* wrong : {"", "1", "s", "1 s", "-1s", "1.5h", "1S", "1sec", "1w", "1h30", "3651d",
                            "99999999999999999999s", "18446744073709551615d", "3650d1ms"}) {
    EXPECT_FALSE(ParseDuration(wrong)) << wrong;
  }
  EXPECT_FALSE(ParseDuration(std::string_view("1s\0", 3)));
}

TEST(DurationText, LosesNothing) {
  for (const char* text : {"250ms", "90s", "30m", "6h", "1d", "1001ms"}) {
    EXPECT_EQ(DurationText(*ParseDuration(text)), text);
  }
  EXPECT_EQ(DurationText(milliseconds(0)), "0s");
}

TEST(ParseNumber, KeepsWithinItsBounds) {
  EXPECT_EQ(*ParseNumber("1", 1, 9), 1U);
  EXPECT_EQ(*ParseNumber("9", 1, 9), 9U);
  for (const char* wrong : {"0", "10", "", "x", "1x", "-1", "18446744073709551617"}) {
    EXPECT_FALSE(ParseNumber(wrong, 1, 9)) << wrong;
  }
}

TEST(ParseListenAddress, KnowsEveryForm) {
  EXPECT_EQ(*ParseListenAddress("0.0.0.0:10132"), (ListenAddress{"0.0.0.0", 10132}));
  EXPECT_EQ(*ParseListenAddress(":10132"), (ListenAddress{"", 10132}));
  EXPECT_EQ(*ParseListenAddress("[::1]:10132"), (ListenAddress{"::1", 10132}));
  EXPECT_EQ(*ParseListenAddress("[::]:65535"), (ListenAddress{"::", 65535}));
  EXPECT_EQ(*ParseListenAddress("localhost:1"), (ListenAddress{"localhost", 1}));
  EXPECT_EQ(*ParseListenAddress("127.0.0.1:0"), (ListenAddress{"127.0.0.1", 0}));
  EXPECT_EQ(*ParseListenAddress("[::1]:0"), (ListenAddress{"::1", 0}));
  EXPECT_EQ(*ParseListenAddress(":0"), (ListenAddress{"", 0}));
}

TEST(ParseListenAddress, RefusesAllElse) {
  for (const char* wrong :
       {"", ":", "10132", "0.0.0.0", "0.0.0.0:", "0.0.0.0:65536", "0.0.0.0:x", "::1:10132", "::0",
        "[::1]", "[::1]10132", "[::1", "[x]:1", "[127.0.0.1]:1", "1.2.3:1", "300.1.1.1:1", "a b:1",
        "http://localhost:1", "localhost:1:0"}) {
    EXPECT_FALSE(ParseListenAddress(wrong)) << wrong;
  }
}

TEST(ParseTelemetryPath, RefusesOtherPages) {
  EXPECT_EQ(*ParseTelemetryPath("/metrics"), "/metrics");
  EXPECT_EQ(*ParseTelemetryPath("/a/b-c_d.e1"), "/a/b-c_d.e1");
  EXPECT_EQ(*ParseTelemetryPath("/apis"), "/apis");
  for (const char* wrong :
       {"", "metrics", "/", "//x", "/healthz", "/readyz", "/api", "/api/v1/x", "/a?b", "/a b",
        "/a%20", "/a#b", "/a/", "/a//b", "/a/./b", "/a/../b", "/<b>", "/큐"}) {
    EXPECT_FALSE(ParseTelemetryPath(wrong)) << wrong;
  }
}

TEST(ParseMountPath, DropsTrailingSlashes) {
  EXPECT_EQ(*ParseMountPath("/host/proc/"), "/host/proc");
  EXPECT_EQ(*ParseMountPath("/"), "");
  EXPECT_FALSE(ParseMountPath("proc"));
  EXPECT_FALSE(ParseMountPath(""));
}

TEST(ParseLogLevel, KnowsFourLevels) {
  EXPECT_EQ(*ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(*ParseLogLevel("info"), LogLevel::kInfo);
  EXPECT_EQ(*ParseLogLevel("warn"), LogLevel::kWarn);
  EXPECT_EQ(*ParseLogLevel("error"), LogLevel::kError);
  EXPECT_FALSE(ParseLogLevel("warning"));
  EXPECT_EQ(*ParseLogFormat("logfmt"), LogFormat::kLogfmt);
  EXPECT_EQ(*ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_FALSE(ParseLogFormat("text"));
}

TEST(CheckedDatabaseUrl, WantsPostgres) {
  for (const char* url : {"postgresql://h/d", "postgres://u:p@h:5432/d", "postgresql+psycopg2://h",
                          "postgresql+asyncpg://h/d?sslmode=require", "postgresql://u:%zz@h/d"}) {
    EXPECT_TRUE(CheckedDatabaseUrl(url)) << url;
  }
  for (const char* url :
       {"", "h/d", "mysql+mysqldb://u:p@h/d", "sqlite:////opt/airflow.db", "postgresqlx://h"}) {
    EXPECT_FALSE(CheckedDatabaseUrl(url)) << url;
  }
}

TEST(CheckedBrokerUrl, WantsRedis) {
  for (const char* url :
       {"redis://redis:6379/0", "rediss://:p@h/1", "redis+socket:///run/redis.sock",
        "redis://h1;redis://h2", "sentinel://h1:26379;sentinel://h2:26379/0"}) {
    EXPECT_TRUE(CheckedBrokerUrl(url)) << url;
  }
  for (const char* url : {"", "redis:6379", "amqp://guest:guest@h//", "sqs://", "redisx://h",
                          "redis://h/x", "sentinel://h1:26379;redis://h2/0"}) {
    EXPECT_FALSE(CheckedBrokerUrl(url)) << url;
  }
}

TEST(ParsePrioritySteps, ReadsWhatAirflowHolds) {
  EXPECT_THAT(ParsePrioritySteps("0,3,6,9").value(), ElementsAre(0, 3, 6, 9));
  EXPECT_THAT(ParsePrioritySteps(" [0, 1, 255] ").value(), ElementsAre(0, 1, 255));
  for (const char* text : {"", "[]", "0,,1", "-1", "256", "a", "[0", "0 1", "(0, 1)",
                           "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"}) {
    EXPECT_FALSE(ParsePrioritySteps(text)) << text;
  }
}

TEST(SplitList, TakesBlanksAway) {
  EXPECT_THAT(SplitList("a, b ,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitList("a,,b"), ElementsAre("a", "", "b"));
  EXPECT_THAT(SplitList(" "), IsEmpty());
}

TEST(Quoted, HidesPasswordsAndControlCharacters) {
  EXPECT_EQ(Quoted("abc"), "\"abc\"");
  EXPECT_EQ(Quoted("a\nb"), "\"a?b\"");
  EXPECT_THAT(Quoted("postgresql://u:secret@h/d"), Not(HasSubstr("secret")));
  EXPECT_LE(Quoted(std::string(1000, 'x')).size(), 82U);
}

}  // namespace
}  // namespace airflow_host
