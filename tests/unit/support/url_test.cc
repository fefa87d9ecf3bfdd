#include "collectors/support/url.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

TEST(ParseUrl, TakesEveryPart) {
  const auto url =
      ParseUrl("rediss://us%40er:p%2Fw@h:6380/1?ssl_cert_reqs=none&a=b+c", UrlRule::kUrllib);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "rediss");
  EXPECT_EQ(url->user, "us@er");
  EXPECT_EQ(url->password, "p/w");
  EXPECT_EQ(url->authority, "h:6380");
  EXPECT_EQ(url->path, "1");
  ASSERT_EQ(url->query.size(), 2U);
  EXPECT_EQ(url->query[0].second, "none");
  EXPECT_EQ(url->query[1].second, "b c");
}

TEST(ParseUrl, TellsMissingFromEmpty) {
  const auto none = ParseUrl("redis://h", UrlRule::kUrllib);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->user, std::nullopt);
  EXPECT_EQ(none->password, std::nullopt);
  const auto empty = ParseUrl("redis://:@h", UrlRule::kUrllib);
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->user, "");
  EXPECT_EQ(empty->password, "");
}

TEST(ParseUrl, ReadsPasswordsAsSqlAlchemyDoes) {
  const auto url = ParseUrl("postgresql+psycopg2://u:p/w?x@h:5432/d%41b", UrlRule::kSqlAlchemy);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->password, "p/w?x");
  EXPECT_EQ(url->authority, "h:5432");
  EXPECT_EQ(url->path, "d%41b");
  const auto user_only = ParseUrl("postgresql://u@h:5432/db", UrlRule::kSqlAlchemy);
  ASSERT_TRUE(user_only);
  EXPECT_EQ(user_only->user, "u");
  EXPECT_EQ(user_only->authority, "h:5432");
}

TEST(ParseUrl, LeavesAPercentSignThatBeginsNoEscape) {
  for (const UrlRule rule : {UrlRule::kUrllib, UrlRule::kSqlAlchemy}) {
    const auto url = ParseUrl("redis://100%:50%off%21@h/1%?a=%&%b=%zz+%2F", rule);
    ASSERT_TRUE(url);
    EXPECT_EQ(url->user, "100%");
    EXPECT_EQ(url->password, "50%off!");
    EXPECT_EQ(url->path, "1%");
    ASSERT_EQ(url->query.size(), 2U);
    EXPECT_EQ(url->query[0].second, "%");
    EXPECT_EQ(url->query[1].first, "%b");
    EXPECT_EQ(url->query[1].second, "%zz /");
  }
}

TEST(ParseUrl, RefusesWhatIsNoUrlWithoutRepeatingIt) {
  for (const char* wrong : {"", "secret", "://x", "redis:/h"}) {
    const auto url = ParseUrl(wrong, UrlRule::kUrllib);
    ASSERT_FALSE(url) << wrong;
    EXPECT_EQ(url.error().message.find("sec"), std::string::npos);
  }
}

TEST(ParseHostAndPort, KnowsEveryShape) {
  EXPECT_EQ(ParseHostAndPort("h")->host, "h");
  EXPECT_EQ(ParseHostAndPort("h")->port, std::nullopt);
  EXPECT_EQ(ParseHostAndPort("h:1")->port, 1);
  EXPECT_EQ(ParseHostAndPort("[::1]:6379")->host, "::1");
  EXPECT_EQ(ParseHostAndPort("[::1]:6379")->port, 6379);
  EXPECT_EQ(ParseHostAndPort(":6379")->host, "");
  for (const char* wrong : {"h:0", "h:65536", "h:x", "[::1", "[::1]x", "h:1:2"}) {
    EXPECT_FALSE(ParseHostAndPort(wrong)) << wrong;
  }
}

TEST(PercentDecode, ReadsAsPythonsUnquote) {
  EXPECT_EQ(PercentDecode("%00"), std::string(1, '\0'));
  EXPECT_EQ(PercentDecode("a%2fb%2F"), "a/b/");
  EXPECT_EQ(PercentDecode("%2541"), "%41") << "once only";
  EXPECT_EQ(PercentDecode(""), "");
  for (const char* bare : {"%", "%4", "%4x", "a%2", "%zz", "50%off", "100%"}) {
    EXPECT_EQ(PercentDecode(bare), bare);
  }
  EXPECT_EQ(PercentDecode("%%41"), "%A");
  EXPECT_EQ(PercentDecode("%2%46"), "%2F");
  EXPECT_EQ(PercentDecode("%zz%41"), "%zzA");
}

TEST(WithoutSecrets, HidesPasswordsHoweverTheyAreWritten) {
  EXPECT_EQ(WithoutSecrets("redis://u:pw@h/0"), "redis://u:***@h/0");
  EXPECT_EQ(WithoutSecrets("redis://u:p/w?q@x@h/0"), "redis://u:***@h/0");
  EXPECT_EQ(WithoutSecrets("postgresql:///db?host=/run&password=pw"),
            "postgresql:///db?host=/run&password=***");
  EXPECT_EQ(WithoutSecrets("pw"), "(not a URL)");
}

}  // namespace
}  // namespace airflow_host
