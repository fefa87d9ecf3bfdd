// Refusals as Redis 7.0.15 (and, where said, 5.0) words them.
#include "collectors/broker/redis_trouble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

BrokerAddress Address() {
  BrokerAddress address;
  address.host = "h";
  address.port = 6379;
  address.password = "secret";
  return address;
}

RedisReply Refusal(std::string text) {
  RedisReply reply;
  reply.kind = RedisReply::Kind::kError;
  reply.text = std::move(text);
  return reply;
}

TEST(AuthTrouble, SaysWhatToDoAndNeverQuotes) {
  struct Case {
    const char* reply;
    const char* says;
  };
  for (const Case& one : {
           Case{"WRONGPASS invalid username-password pair or user is disabled.", "WRONGPASS"},
           Case{"ERR invalid password", "WRONGPASS"},
           Case{"ERR AUTH <password> called without any password configured for the default user. "
                "Are you sure your configuration is correct?",
                "has no password"},
           Case{"ERR Client sent AUTH, but no password is set", "has no password"},
           Case{"ERR wrong number of arguments for 'auth' command", "older than 6.0"},
           Case{"ERR unknown command 'AUTH', with args beginning with: 'secret'",
                "AUTH answered ERR"},
       }) {
    const Error error = AuthTrouble(Address(), Refusal(one.reply));
    EXPECT_EQ(error.kind, ErrorKind::kDenied);
    EXPECT_THAT(error.message, HasSubstr(one.says));
    EXPECT_THAT(error.message, HasSubstr("Redis at h:6379"));
    EXPECT_THAT(error.message, Not(HasSubstr("secret")));
  }
}

TEST(SelectTrouble, NamesTheDatabase) {
  BrokerAddress address = Address();
  address.database = 99;
  EXPECT_EQ(SelectTrouble(address, Refusal("ERR DB index is out of range")).message,
            "cannot select database 99 of Redis at h:6379: ERR DB index is out of range");
  EXPECT_EQ(SelectTrouble(address, Refusal("NOPERM this user has no permissions")).kind,
            ErrorKind::kDenied);
}

TEST(GeneralTrouble, TellsTheServersTroubleFromTheCommands) {
  struct Case {
    const char* reply;
    ErrorKind kind;
    const char* says;
  };
  for (const Case& one : {
           Case{"NOAUTH Authentication required.", ErrorKind::kDenied, "wants a password"},
           Case{"LOADING Redis is loading the dataset in memory", ErrorKind::kFailed, "loading"},
           Case{"BUSY Redis is busy running a script.", ErrorKind::kFailed, "script"},
           Case{"MASTERDOWN Link with MASTER is down", ErrorKind::kFailed, "master"},
           Case{"MOVED 1234 10.0.0.2:6379", ErrorKind::kFailed, "became a replica"},
           Case{"CLUSTERDOWN Hash slot not served", ErrorKind::kFailed, "serves nobody"},
       }) {
    const auto error = GeneralTrouble(Address(), Refusal(one.reply));
    ASSERT_TRUE(error) << one.reply;
    EXPECT_EQ(error->kind, one.kind);
    EXPECT_THAT(error->message, HasSubstr(one.says));
  }
  for (const char* other : {"NOPERM x", "WRONGTYPE x", "ERR x", "", "LOADINGS x"}) {
    EXPECT_EQ(GeneralTrouble(Address(), Refusal(other)), std::nullopt) << other;
  }
  EXPECT_EQ(GeneralTrouble(Address(), RedisReply{}), std::nullopt);
}

TEST(ConnectionTrouble, ListensToLastWords) {
  const Error closed{ErrorKind::kFailed, "it closed the connection"};
  EXPECT_EQ(ConnectionTrouble(Address(), closed, {}).message,
            "the connection to Redis at h:6379 broke: it closed the connection");
  const std::vector<RedisReply> full = {Refusal("ERR max number of clients reached")};
  EXPECT_THAT(ConnectionTrouble(Address(), closed, full).message, HasSubstr("maxclients"));
  const std::vector<RedisReply> denied = {Refusal("DENIED Redis is running in protected mode")};
  EXPECT_EQ(ConnectionTrouble(Address(), closed, denied).kind, ErrorKind::kDenied);
}

TEST(CommandTrouble, IsOneSentence) {
  EXPECT_THAT(CommandTrouble("INFO", Refusal("NOPERM this user has no permissions")),
              HasSubstr("INFO is not allowed"));
  EXPECT_THAT(CommandTrouble("LLEN", Refusal("WRONGTYPE Operation\nagainst")),
              HasSubstr("LLEN failed: WRONGTYPE Operation?against"));
  EXPECT_THAT(CommandTrouble("LLEN", RedisReply{}), HasSubstr("unexpected type"));
}

}  // namespace
}  // namespace airflow_host
