// What the collector reads from a real Redis that holds what kombu writes.
#include <gmock/gmock.h>

#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSep{KombuLayout::kSeparator};

/// What a worker started with `-Q NAME`, or a client that publishes to NAME, binds.
void Bind(RedisServer& redis, const std::string& queue, const std::string& prefix = "",
          const std::string& database = "0") {
  redis.Cli(
      {"-n", database, "SADD", prefix + "_kombu.binding." + queue, queue + kSep + kSep + queue});
}

TEST_F(BrokerIntegrationTest, FindsAndCountsQueuesInTheFirstRound) {
  RedisServer redis;
  Bind(redis, "default");
  Bind(redis, "high");
  redis.Cli({"SADD", "_kombu.binding.celery.pidbox", kSep + kSep + "celery@w.celery.pidbox"});
  redis.Cli({"SADD", "_kombu.binding.celeryev", "worker.#" + kSep + kSep + "celeryev.93db"});
  redis.Cli({"SADD", "_kombu.binding.reply.celery.pidbox", "a", "b"});
  redis.Cli({"LPUSH", "default", "m1", "m2", "m3"});
  redis.Cli({"LPUSH", "default" + kSep + "3", "m4"});
  redis.Cli({"LPUSH", "default" + kSep + "9", "m5", "m6"});
  redis.Cli({"HSET", "unacked", "tag1", "x", "tag2", "y"});
  redis.Cli({"ZADD", "unacked_index", "1795310062.8779347", "tag1", "1795310099.5", "tag2"});
  const auto collector = Make(redis.TcpUrl());
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  const BrokerObservation& broker = **observed;
  EXPECT_EQ(Messages(broker, "default"), 6U);
  EXPECT_EQ(Messages(broker, "high"), 0U) << "its list does not exist";
  EXPECT_EQ(broker.queues.size(), 2U) << "Celery's own talk is no queue";
  EXPECT_TRUE(broker.queues_complete_as_of);
  EXPECT_EQ(broker.unacked_messages, 2U);
  ASSERT_TRUE(broker.oldest_unacked);
  EXPECT_NEAR(SecondsSinceEpoch(*broker.oldest_unacked), 1795310062.878, 0.001);
  EXPECT_EQ(broker.orphaned_replies, 2U);
  EXPECT_EQ(broker.keys, 10U);
  EXPECT_TRUE(broker.redis_version);
  EXPECT_GT(broker.memory_used.value_or(0), 0U);
  EXPECT_EQ(broker.memory_max, std::nullopt);
  EXPECT_GE(broker.clients.value_or(0), 1U);
  EXPECT_EQ(broker.evicted_keys, 0U);
  EXPECT_EQ(broker.rejected_connections, 0U);
  ASSERT_TRUE(broker.start);
  EXPECT_LE(*broker.start, std::chrono::system_clock::now());
  EXPECT_THAT(broker.problems, IsEmpty());
}

TEST_F(BrokerIntegrationTest, FollowsQueuesThatComeAndGo) {
  RedisServer redis;
  BrokerSettings settings;
  settings.url = "redis+socket://" + redis.socket_path();
  settings.queues = {"default"};
  const auto collector = Make(settings);
  auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ(Messages(**observed, "default"), 0U) << "configured, so known";
  EXPECT_EQ((*observed)->oldest_unacked, std::nullopt);
  Bind(redis, "late");
  redis.Cli({"LPUSH", "late", "m"});
  observed = Observe(*collector);
  ASSERT_TRUE(observed);
  EXPECT_EQ(Messages(**observed, "late"), 1U);
  redis.Cli({"DEL", "_kombu.binding.late", "late"});
  observed = Observe(*collector);
  ASSERT_TRUE(observed);
  EXPECT_EQ(Messages(**observed, "late"), std::nullopt);
  EXPECT_EQ(Messages(**observed, "default"), 0U);
}

TEST_F(BrokerIntegrationTest, CountsQueuesThatOthersKnowOf) {
  RedisServer redis;
  const auto lookup = std::make_shared<QueueLookup>();
  BrokerSettings settings;
  settings.url = redis.TcpUrl();
  settings.queue_lookup = lookup;
  const auto collector = Make(settings);
  EXPECT_EQ(Observe(*collector).value()->queues.size(), 0U);
  lookup->Want({"gone", "there"});
  redis.Cli({"LPUSH", "there", "m"});
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ(Messages(**observed, "gone"), 0U) << "its list does not exist";
  EXPECT_EQ(Messages(**observed, "there"), 1U);
  lookup->Want({});
  EXPECT_EQ(Observe(*collector).value()->queues.size(), 0U);
}

TEST_F(BrokerIntegrationTest, SumsThePrioritiesOfTheSettings) {
  RedisServer redis;
  BrokerSettings settings;
  settings.url = redis.TcpUrl();
  settings.queues = {"default"};
  settings.separator = ":";
  settings.priority_steps = {0, 5};
  redis.Cli({"LPUSH", "default", "m"});
  redis.Cli({"LPUSH", "default:5", "m", "m"});
  redis.Cli({"LPUSH", "default:3", "m", "m", "m"});
  redis.Cli({"SADD", "_kombu.binding.high", "high::high"});
  const auto observed = Observe(*Make(settings));
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ(Messages(**observed, "default"), 3U);
  EXPECT_EQ(Messages(**observed, "high"), 0U);
}

TEST_F(BrokerIntegrationTest, ReadsTheDatabaseOfTheUrlUnderThePrefix) {
  RedisServer redis;
  Bind(redis, "default", "air[1]*", "5");
  Bind(redis, "another", "", "5");
  Bind(redis, "elsewhere");
  redis.Cli({"-n", "5", "LPUSH", "air[1]*default", "m"});
  redis.Cli({"-n", "5", "LPUSH", "default", "m", "m"});
  redis.Cli({"-n", "5", "HSET", "air[1]*unacked", "t", "m"});
  for (const std::string& url : {"redis+socket://" + redis.socket_path() + "?virtual_host=5",
                                 "redis://127.0.0.1:" + std::to_string(redis.port()) + "/5"}) {
    BrokerSettings settings;
    settings.url = url;
    settings.key_prefix = "air[1]*";
    const auto observed = Observe(*Make(settings));
    ASSERT_TRUE(observed) << observed.error().message;
    EXPECT_EQ((*observed)->queues.size(), 1U);
    EXPECT_EQ(Messages(**observed, "default"), 1U);
    EXPECT_EQ((*observed)->unacked_messages, 1U);
  }
}

TEST_F(BrokerIntegrationTest, DoesNotScanALargeKeyspace) {
  RedisServer redis;
  redis.Cli({"EVAL", "for i=1,20000 do redis.call('SET', 'celery-task-meta-'..i, 'x') end return 1",
             "0"});
  BrokerSettings settings;
  settings.url = redis.TcpUrl();
  settings.queues = {"default"};
  const auto lookup = std::make_shared<QueueLookup>();
  lookup->Want({"wanted"});
  settings.queue_lookup = lookup;
  redis.Cli({"LPUSH", "default", "m"});
  redis.Cli({"LPUSH", "wanted", "m", "m"});
  const auto collector = Make(settings);
  redis.Cli({"CONFIG", "RESETSTAT"});
  for (int round = 0; round < 3; ++round) {
    const auto observed = Observe(*collector);
    ASSERT_TRUE(observed) << observed.error().message;
    EXPECT_EQ(Messages(**observed, "default"), 1U);
    EXPECT_EQ(Messages(**observed, "wanted"), 2U) << "what is known is asked for directly";
    EXPECT_FALSE((*observed)->queues_complete_as_of);
    EXPECT_THAT((*observed)->problems, ElementsAre(HasSubstr("more than 10000 keys")));
  }
  EXPECT_THAT(redis.Cli({"INFO", "commandstats"}), HasSubstr("cmdstat_scan:calls=1,"));
}

TEST_F(BrokerIntegrationTest, LosesOnlyWhatItCannotRead) {
  RedisServer redis;
  Bind(redis, "default");
  redis.Cli({"SET", "default", "no list"});
  redis.Cli({"SET", "unacked_index", "no set"});
  redis.Cli({"CONFIG", "SET", "maxmemory", "100mb"});
  const auto observed = Observe(*Make(redis.TcpUrl()));
  ASSERT_TRUE(observed) << observed.error().message;
  ASSERT_EQ((*observed)->queues.size(), 1U);
  EXPECT_EQ((*observed)->queues[0].messages, std::nullopt);
  EXPECT_EQ((*observed)->unacked_messages, 0U);
  EXPECT_EQ((*observed)->memory_max, 100U * 1024 * 1024);
  EXPECT_THAT((*observed)->problems,
              ElementsAre(HasSubstr("ZRANGE unacked_index failed: WRONGTYPE"),
                          HasSubstr("LLEN of a queue failed: WRONGTYPE")));
}

TEST_F(BrokerIntegrationTest, SurvivesARestartOfTheServer) {
  RedisServer redis;
  Bind(redis, "default");
  const auto collector = Make("redis+socket://" + redis.socket_path());
  ASSERT_TRUE(Observe(*collector));
  redis.Restart();
  // The kept connection is seen to be closed before anything is sent, so no round is lost.
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ((*observed)->queues.size(), 0U) << "the new server knows no queue";
  redis.Stop();
  const auto refused = Observe(*collector);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot reach Redis at " + redis.socket_path()));
}

TEST_F(BrokerIntegrationTest, SaysWhyItCannotConnect) {
  const auto refused = Observe(*Make("redis://127.0.0.1:" + std::to_string(FreePort())));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("Connection refused"));
  const auto unknown = Observe(*Make("redis://no-such-host.invalid"));
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("cannot be resolved"));
  const auto absent = Observe(*Make("redis+socket:///nonexistent/redis.sock"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::kFailed) << "configured, so not a mere absence";
}

TEST_F(BrokerIntegrationTest, SaysThatTheServerIsFull) {
  RedisServer redis;
  const auto first = Make(redis.TcpUrl());
  ASSERT_TRUE(Observe(*first));
  redis.Cli({"CONFIG", "SET", "maxclients", "1"});
  const auto second = Observe(*Make(redis.TcpUrl()));
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("maxclients"));
  const auto observed = Observe(*first);
  ASSERT_TRUE(observed) << "the connection that stands is served";
  EXPECT_GE((*observed)->rejected_connections.value_or(0), 1U);
}

TEST_F(BrokerIntegrationTest, SurvivesAServerThatClosesIdleClients) {
  RedisServer redis;
  const auto collector = Make(redis.TcpUrl());
  ASSERT_TRUE(Observe(*collector));
  redis.Cli({"CLIENT", "KILL", "TYPE", "normal"});
  const auto observed = Observe(*collector);
  EXPECT_TRUE(observed) << observed.error().message;
}

}  // namespace
}  // namespace airflow_host
