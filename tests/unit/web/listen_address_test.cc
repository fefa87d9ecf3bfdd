#include "exporter/web/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;

TEST(ResolveAddress, WritesWhatCivetwebTakes) {
  const struct {
    const char* text;
    const char* civetweb;
  } kCases[] = {
      {"127.0.0.1:10132", "127.0.0.1:10132"},
      {":10132", "0.0.0.0:10132"},
      {"0.0.0.0:0", "0.0.0.0:0"},
      {"localhost:9", "127.0.0.1:9"},
      {"127.1:65535", "127.0.0.1:65535"},
  };
  for (const auto& test : kCases) {
    const auto address = ResolveAddress(test.text, false);
    ASSERT_TRUE(address) << test.text;
    EXPECT_EQ(address->civetweb, test.civetweb);
    EXPECT_EQ(address->text, test.text);
  }
}

TEST(ResolveAddress, TakesIpv6WhereItCan) {
  const auto address = ResolveAddress("[::1]:10132", true);
  if (address) {
    EXPECT_EQ(address->civetweb, "[::1]:10132");
    EXPECT_EQ(ResolveAddress(":10132", true)->civetweb, "+10132");
  } else {
    EXPECT_THAT(address.error().message, HasSubstr("no IPv6"));
  }
  const auto without = ResolveAddress("[::1]:10132", false);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message, HasSubstr("has no IPv6"));
}

TEST(ResolveAddress, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* why;
  } kCases[] = {
      {"", "the port is missing"},
      {"10132", "the port is missing"},
      {"localhost", "the port is missing"},
      {"127.0.0.1:", "not a number"},
      {":65536", "not a number"},
      {":-1", "not a number"},
      {":http", "not a number"},
      {"::1:10132", "in brackets"},
      {"[::1:10132", "in brackets"},
      {"256.1.1.1:80", "not known"},
  };
  for (const auto& test : kCases) {
    const auto address = ResolveAddress(test.text, false);
    ASSERT_FALSE(address) << test.text;
    EXPECT_THAT(address.error().message, HasSubstr(test.why));
    EXPECT_THAT(address.error().message, HasSubstr("cannot listen on"));
  }
}

TEST(CheckFree, SaysWhereThisMachineHasNoSuchAddress) {
  const auto result = CheckFree(*ResolveAddress("192.0.2.1:10132", false));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no such address"));
}

}  // namespace
}  // namespace airflow_host
