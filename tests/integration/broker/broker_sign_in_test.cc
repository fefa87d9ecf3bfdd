// Passwords, ACL users and their rights, on a real Redis.
#include <gmock/gmock.h>

#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Every byte but NUL that a shell argument may hold, and a character of several bytes.
std::string EveryOddCharacter() {
  std::string text = "한";
  for (int byte = 1; byte < 256; ++byte) text.push_back(static_cast<char>(byte));
  return text;
}

std::string PercentEncoded(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    encoded.push_back('%');
    encoded.push_back(kDigits[value / 16U]);
    encoded.push_back(kDigits[value % 16U]);
  }
  return encoded;
}

class BrokerSignInTest : public BrokerIntegrationTest {
 protected:
  static std::string Url(const RedisServer& redis, const std::string& userinfo) {
    return "redis://" + userinfo + "@127.0.0.1:" + std::to_string(redis.port()) + "/0";
  }
  static Error FailureOf(const std::string& url) {
    const auto observed = Observe(*Make(url));
    if (observed) {
      ADD_FAILURE() << "signed in";
      return {};
    }
    return observed.error();
  }
};

TEST_F(BrokerSignInTest, TakesAnyPassword) {
  RedisServer redis;
  const std::string password = EveryOddCharacter();
  ASSERT_THAT(redis.Cli({"CONFIG", "SET", "requirepass", password}), HasSubstr("OK"));
  EXPECT_TRUE(Observe(*Make(Url(redis, ":" + PercentEncoded(password)))));
  EXPECT_TRUE(
      Observe(*Make("redis+socket://:" + PercentEncoded(password) + "@" + redis.socket_path())));
  EXPECT_TRUE(Observe(*Make(Url(redis, "default:" + PercentEncoded(password)))));
}

TEST_F(BrokerSignInTest, TakesAnyUser) {
  RedisServer redis;
  const std::string user = "us@er/:?#%&+'\"한";
  ASSERT_THAT(redis.Cli({"ACL", "SETUSER", user, "on", ">p%w", "~*", "+@all"}), HasSubstr("OK"));
  const auto observed = Observe(*Make(Url(redis, PercentEncoded(user) + ":p%25w")));
  EXPECT_TRUE(observed) << observed.error().message;
}

TEST_F(BrokerSignInTest, NeedsTheseRightsOnly) {
  RedisServer redis;
  ASSERT_THAT(redis.Cli({"ACL", "SETUSER", "exporter", "on", ">pw", "~*", "-@all", "+select",
                         "+info", "+dbsize", "+hlen", "+zrange", "+scard", "+scan", "+srandmember",
                         "+llen", "+psubscribe", "resetchannels", "&/2.celeryev/worker.*"}),
              HasSubstr("OK"));
  redis.Cli({"-n", "2", "SADD", "_kombu.binding.q", "q\x06\x16\x06\x16q"});
  const auto observed =
      Observe(*Make("redis://exporter:pw@127.0.0.1:" + std::to_string(redis.port()) + "/2"));
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_THAT((*observed)->problems, IsEmpty());
  EXPECT_EQ(Messages(**observed, "q"), 0U);
}

TEST_F(BrokerSignInTest, LosesOnlyWhatTheUserMayNotDo) {
  RedisServer redis;
  redis.Cli({"ACL", "SETUSER", "narrow", "on", ">pw", "~*", "-@all", "+hlen", "+llen"});
  redis.Cli({"LPUSH", "default", "m"});
  BrokerSettings settings;
  settings.url = Url(redis, "narrow:pw");
  settings.queues = {"default"};
  const auto observed = Observe(*Make(settings));
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ(Messages(**observed, "default"), 1U);
  EXPECT_EQ((*observed)->unacked_messages, 0U);
  EXPECT_EQ((*observed)->redis_version, std::nullopt);
  EXPECT_THAT((*observed)->problems,
              ElementsAre(HasSubstr("INFO is not allowed"), HasSubstr("DBSIZE is not allowed"),
                          HasSubstr("ZRANGE unacked_index is not allowed"), HasSubstr("SCARD"),
                          HasSubstr("SRANDMEMBER of the workers' bindings is not allowed"),
                          HasSubstr("SCAN for queues is not allowed"),
                          HasSubstr("PSUBSCRIBE to the workers' events is not allowed")));
  EXPECT_EQ((*observed)->workers, std::nullopt);
}

TEST_F(BrokerSignInTest, FailsClearlyWhereNothingIsAllowed) {
  RedisServer redis;
  redis.Cli({"ACL", "SETUSER", "nobody", "on", ">pw", "-@all"});
  const Error error = FailureOf(Url(redis, "nobody:pw"));
  EXPECT_EQ(error.kind, ErrorKind::kDenied);
  EXPECT_THAT(error.message, HasSubstr("refused every command"));
}

TEST_F(BrokerSignInTest, SaysWhyItIsRefused) {
  RedisServer redis;
  EXPECT_THAT(FailureOf(Url(redis, ":secret")).message, HasSubstr("has no password"));
  EXPECT_THAT(FailureOf(redis.TcpUrl() + "99").message, HasSubstr("cannot select database 99"));
  redis.Cli({"CONFIG", "SET", "requirepass", "right"});
  const Error none = FailureOf(redis.TcpUrl());
  EXPECT_EQ(none.kind, ErrorKind::kDenied);
  EXPECT_THAT(none.message, HasSubstr("wants a password (NOAUTH)"));
  for (const char* userinfo : {":secret", "nobody:secret", "default:secret"}) {
    const Error wrong = FailureOf(Url(redis, userinfo));
    EXPECT_EQ(wrong.kind, ErrorKind::kDenied);
    EXPECT_THAT(wrong.message, HasSubstr("WRONGPASS"));
    EXPECT_THAT(wrong.message, Not(HasSubstr("secret")));
  }
}

TEST_F(BrokerSignInTest, NeverQuotesThePasswordOfAServerWithoutAuth) {
  RedisServer redis({"--rename-command", "AUTH", "HIDDEN"});
  const Error error = FailureOf(Url(redis, "user:secret"));
  EXPECT_THAT(error.message, HasSubstr("AUTH answered ERR"));
  EXPECT_THAT(error.message, Not(HasSubstr("secret")));
}

TEST_F(BrokerSignInTest, SignsInOnceThePasswordIsRight) {
  RedisServer redis;
  redis.Cli({"CONFIG", "SET", "requirepass", "wrong"});
  const auto collector = Make(Url(redis, ":right"));
  EXPECT_FALSE(Observe(*collector));
  redis.Cli({"-a", "wrong", "CONFIG", "SET", "requirepass", "right"});
  const auto observed = Observe(*collector);
  EXPECT_TRUE(observed) << observed.error().message;
}

}  // namespace
}  // namespace airflow_host
