// Ids of messages, read from a real Redis. Those of real Celery messages: tests/integration/
// test_reconcile.py.
#include <gmock/gmock.h>

#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const std::string kSep{KombuLayout::kSeparator};

std::string Message(const std::string& id) {
  return R"({"body": "secret", "headers": {"id": ")" + id + "\"}}";
}

class BrokerMessageIdsTest : public BrokerIntegrationTest {
 protected:
  static BrokerSettings Settings(const RedisServer& redis) {
    BrokerSettings settings;
    settings.url = redis.TcpUrl();
    settings.queues = {"default", "high"};
    settings.message_ids = true;
    return settings;
  }
  /// `count` messages of `size` bytes in `list`, and as many fetched ones.
  static void Fill(RedisServer& redis, const std::string& list, int count, int size) {
    redis.Cli({"EVAL",
               "for i=1,tonumber(ARGV[1]) do\n"
               "  local m = '{\"body\": \"' .. string.rep('s', tonumber(ARGV[2])) ..\n"
               "            '\", \"headers\": {\"id\": \"i' .. i .. '\"}}'\n"
               "  redis.call('LPUSH', KEYS[1], m)\n"
               "  redis.call('HSET', 'unacked', 't' .. i, '[' .. m .. ', \"\", \"q\"]')\n"
               "end",
               "1", list, std::to_string(count), std::to_string(size)});
  }
};

TEST_F(BrokerMessageIdsTest, AreReadWhereTheyAreWanted) {
  RedisServer redis;
  redis.Cli({"LPUSH", "default", Message("one"), Message("two")});
  redis.Cli({"LPUSH", "default" + kSep + "9", Message("three")});
  redis.Cli({"HSET", "unacked", "tag", "[" + Message("four") + R"(, "", "default"])"});
  const auto collector = Make(Settings(redis));
  for (int round = 0; round < 2; ++round) {
    const auto observed = Observe(*collector);
    ASSERT_TRUE(observed) << observed.error().message;
    EXPECT_THAT((*observed)->problems, IsEmpty());
    EXPECT_THAT((*observed)->queues[0].message_ids,
                Optional(UnorderedElementsAre("one", "two", "three")));
    EXPECT_THAT((*observed)->queues[1].message_ids, Optional(IsEmpty()));
    EXPECT_THAT((*observed)->unacked_message_ids, Optional(ElementsAre("four")));
  }
}

TEST_F(BrokerMessageIdsTest, AreNotAskedForByDefault) {
  RedisServer redis;
  redis.Cli({"LPUSH", "default", Message("one")});
  redis.Cli({"HSET", "unacked", "tag", "[" + Message("four") + R"(, "", "default"])"});
  BrokerSettings settings = Settings(redis);
  settings.message_ids = false;
  const auto observed = Observe(*Make(settings));
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ(Messages(**observed, "default"), 1U);
  EXPECT_EQ((*observed)->queues[0].message_ids, std::nullopt);
  EXPECT_EQ((*observed)->unacked_message_ids, std::nullopt);
  const std::string asked = redis.Cli({"INFO", "commandstats"});
  EXPECT_THAT(asked, Not(HasSubstr("cmdstat_lrange")));
  EXPECT_THAT(asked, Not(HasSubstr("cmdstat_hscan")));
}

TEST_F(BrokerMessageIdsTest, AreReadInPages) {
  RedisServer redis;
  Fill(redis, "default", 700, 4'000);
  const auto collector = Make(Settings(redis));
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_THAT((*observed)->problems, IsEmpty());
  EXPECT_THAT((*observed)->queues[0].message_ids, Optional(SizeIs(700)));
  EXPECT_THAT((*observed)->unacked_message_ids, Optional(SizeIs(700)));
}

TEST_F(BrokerMessageIdsTest, CostNothingElseWhereTheyAreTooLarge) {
  RedisServer redis;
  Fill(redis, "default", 8, 500'000);
  const auto collector = Make(Settings(redis));
  for (int round = 0; round < 3; ++round) {
    const auto observed = Observe(*collector);
    ASSERT_TRUE(observed) << observed.error().message;
    EXPECT_EQ(Messages(**observed, "default"), 8U);
    EXPECT_EQ((*observed)->unacked_messages, 8U);
    EXPECT_EQ((*observed)->queues[0].message_ids, std::nullopt);
    EXPECT_EQ((*observed)->unacked_message_ids, std::nullopt);
    EXPECT_THAT((*observed)->problems, ElementsAre(HasSubstr("not read for a while")));
  }
  EXPECT_THAT(redis.Cli({"INFO", "commandstats"}), HasSubstr("cmdstat_lrange:calls=4,"))
      << "once for each priority, and not again";
}

TEST_F(BrokerMessageIdsTest, NeedTheseRights) {
  RedisServer redis;
  redis.Cli({"ACL", "SETUSER", "exporter", "on", ">pw", "~*", "&*", "-@all", "+info", "+dbsize",
             "+hlen", "+zrange", "+scard", "+scan", "+srandmember", "+llen", "+psubscribe"});
  redis.Cli({"LPUSH", "default", Message("one")});
  redis.Cli({"HSET", "unacked", "tag", "[" + Message("two") + R"(, "", "default"])"});
  BrokerSettings settings = Settings(redis);
  settings.url = "redis://exporter:pw@127.0.0.1:" + std::to_string(redis.port());
  const auto collector = Make(settings);
  const auto refused = Observe(*collector);
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_THAT((*refused)->problems, ElementsAre(HasSubstr("LRANGE of a queue is not allowed")));
  redis.Cli({"ACL", "SETUSER", "exporter", "+lrange", "+hscan"});
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_THAT((*observed)->problems, IsEmpty());
  EXPECT_THAT((*observed)->queues[0].message_ids, Optional(ElementsAre("one")));
  EXPECT_THAT((*observed)->unacked_message_ids, Optional(ElementsAre("two")));
}

}  // namespace
}  // namespace airflow_host
