#include "collectors/broker/redis_info.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

constexpr std::string_view kSample =
    "# Server\r\nredis_version:7.0.15\r\nrun_id:5d2e\r\nserver_time_usec:1795310314787750\r\n"
    "uptime_in_seconds:261\r\n\r\n# Clients\r\nconnected_clients:14\r\n\r\n# Memory\r\n"
    "used_memory:1052392\r\nused_memory_human:1.00M\r\nmaxmemory:0\r\n\r\n# Persistence\r\n"
    "loading:0\r\n\r\n# Stats\r\nrejected_connections:2\r\nevicted_keys:3\r\n\r\n# "
    "Replication\r\nrole:master\r\n";

TEST(ParseRedisInfo, ReadsEveryField) {
  const RedisInfo info = ParseRedisInfo(kSample);
  EXPECT_EQ(info.redis_version, "7.0.15");
  EXPECT_EQ(info.run_id, "5d2e");
  EXPECT_EQ(info.role, "master");
  EXPECT_EQ(info.loading, false);
  EXPECT_EQ(info.used_memory, 1052392U);
  EXPECT_EQ(info.maxmemory, 0U);
  EXPECT_EQ(info.connected_clients, 14U);
  EXPECT_EQ(info.evicted_keys, 3U);
  EXPECT_EQ(info.rejected_connections, 2U);
  EXPECT_EQ(info.uptime_in_seconds, 261U);
  EXPECT_EQ(info.server_time_usec, 1795310314787750U);
}

TEST(ParseRedisInfo, LeavesWhatIsMissingOrUnreadableEmpty) {
  for (const std::string_view text :
       {std::string_view(), std::string_view("\r\n\r\n"), std::string_view("used_memory"),
        std::string_view("used_memory:\r\nredis_version:\r\n"), std::string_view("used_memory:-1"),
        std::string_view("used_memory:1.5"), std::string_view("used_memory:18446744073709551616"),
        std::string_view("used_memory:1\0002", 15), std::string_view("xused_memory:1")}) {
    const RedisInfo info = ParseRedisInfo(text);
    EXPECT_EQ(info.used_memory, std::nullopt) << text;
    EXPECT_EQ(info.redis_version, std::nullopt) << text;
  }
}

TEST(ParseRedisInfo, ReadsATruncatedAnswerAsFarAsItGoes) {
  for (std::size_t length = 0; length <= kSample.size(); ++length) {
    const RedisInfo info = ParseRedisInfo(kSample.substr(0, length));
    const std::string version = info.redis_version.value_or("");
    EXPECT_TRUE(std::string_view("7.0.15").starts_with(version)) << version;
  }
  EXPECT_EQ(ParseRedisInfo("uptime_in_seconds:12\nused_memory:5").used_memory, 5U);
}

TEST(RedisStart, UsesTheServersOwnClock) {
  const auto now = FromSecondsSinceEpoch(1'000'000'000);
  EXPECT_EQ(RedisStart(ParseRedisInfo(kSample), now), FromSecondsSinceEpoch(1795310314 - 261));
}

TEST(RedisStart, FallsBackOnOurs) {
  const auto now = FromSecondsSinceEpoch(1000.7);
  EXPECT_EQ(RedisStart(ParseRedisInfo("uptime_in_seconds:10"), now), FromSecondsSinceEpoch(990));
}

TEST(SteadiedStart, DoesNotWaver) {
  const auto at = [](double seconds) { return std::optional(FromSecondsSinceEpoch(seconds)); };
  EXPECT_EQ(SteadiedStart(at(1000), at(1001)), at(1000));
  EXPECT_EQ(SteadiedStart(at(1000), at(998)), at(1000));
  EXPECT_EQ(SteadiedStart(at(1000), at(1003)), at(1003)) << "a clock was set";
  EXPECT_EQ(SteadiedStart(std::nullopt, at(1000)), at(1000));
  EXPECT_EQ(SteadiedStart(at(1000), std::nullopt), std::nullopt);
}

TEST(RedisStart, RefusesNonsense) {
  const auto now = FromSecondsSinceEpoch(1000);
  EXPECT_EQ(RedisStart(RedisInfo{}, now), std::nullopt);
  EXPECT_EQ(RedisStart(ParseRedisInfo("uptime_in_seconds:18446744073709551615"), now),
            std::nullopt);
  EXPECT_EQ(RedisStart(ParseRedisInfo("uptime_in_seconds:10\nserver_time_usec:5"), now),
            std::nullopt);
}

}  // namespace
}  // namespace airflow_host
