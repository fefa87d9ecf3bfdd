// Workers, as they show themselves on a real Redis. Real Celery workers: tests/integration/
// test_workers.py.
#include <gmock/gmock.h>

#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSep{KombuLayout::kSeparator};

class BrokerWorkersTest : public BrokerIntegrationTest {
 protected:
  std::unique_ptr<Collector> MakeSkewed(const std::string& url, const std::string& prefix = "") {
    BrokerSettings settings;
    settings.url = url;
    settings.key_prefix = prefix;
    return MakeBrokerCollector(std::move(settings), clock_).value();
  }
  std::shared_ptr<const BrokerObservation> ObserveSkewed(Collector& collector) {
    const auto observed = collector.Observe(Deadline{clock_.SteadyNow() + seconds(10)});
    if (!observed) {
      ADD_FAILURE() << observed.error().message;
      return std::make_shared<BrokerObservation>();
    }
    return std::dynamic_pointer_cast<const BrokerObservation>(*observed);
  }
  /// "celery@a live 2/7", "celery@b lost", or "unknown".
  static std::vector<std::string> Workers(const BrokerObservation& broker) {
    if (!broker.workers) return {"unknown"};
    std::vector<std::string> lines;
    for (const BrokerWorker& worker : *broker.workers) {
      lines.push_back(worker.name + (worker.live ? " live" : " lost"));
      if (worker.active && worker.processed) {
        lines.back() +=
            " " + std::to_string(*worker.active) + "/" + std::to_string(*worker.processed);
      }
    }
    return lines;
  }
  static void Publish(RedisServer& redis, const std::string& worker, const std::string& type,
                      int active = 0, int processed = 0, const std::string& prefix = "/0.") {
    const std::string body = R"({\"hostname\": \")" + worker + R"(\", \"type\": \"worker-)" + type +
                             R"(\", \"timestamp\": 1795302800.5, \"freq\": 2.0, \"active\": )" +
                             std::to_string(active) + R"(, \"processed\": )" +
                             std::to_string(processed) + "}";
    redis.Cli({"PUBLISH", prefix + "celeryev/worker." + type, R"({"body": ")" + body + "\"}"});
  }
  static void Bind(RedisServer& redis, const std::string& worker, const std::string& prefix = "") {
    redis.Cli(
        {"SADD", prefix + "_kombu.binding.celery.pidbox", kSep + kSep + worker + ".celery.pidbox"});
  }

  SkewedClock clock_;
};

TEST_F(BrokerWorkersTest, TellsLiveFromLost) {
  RedisServer redis;
  Bind(redis, "celery@a");
  Bind(redis, "celery@b");
  const auto collector = MakeSkewed(redis.TcpUrl());
  EXPECT_THAT(Workers(*ObserveSkewed(*collector)), ElementsAre("unknown"));
  clock_.Advance(seconds(11));
  Publish(redis, "celery@a", "heartbeat", 1, 6);
  Publish(redis, "celery@a", "heartbeat", 2, 7);
  const auto first = ObserveSkewed(*collector);
  EXPECT_THAT(Workers(*first), ElementsAre("celery@a live 2/7")) << "b may have died long ago";
  EXPECT_EQ(first->silent_workers, 1U);
  EXPECT_THAT(first->problems, IsEmpty());
  EXPECT_NEAR(SecondsSinceEpoch(first->workers->front().heartbeat.value()), 1795302800.5, 0.001);
  Publish(redis, "celery@b", "online");
  EXPECT_THAT(Workers(*ObserveSkewed(*collector)),
              ElementsAre("celery@a live 2/7", "celery@b live 0/0"));
  Publish(redis, "celery@b", "offline");
  EXPECT_THAT(Workers(*ObserveSkewed(*collector)), ElementsAre("celery@a live 2/7"));
  Bind(redis, "celery@c");
  ObserveSkewed(*collector);
  clock_.Advance(seconds(11));
  const auto last = ObserveSkewed(*collector);
  EXPECT_THAT(Workers(*last), ElementsAre("celery@a lost", "celery@c lost"));
  EXPECT_EQ(last->silent_workers, 0U);
}

TEST_F(BrokerWorkersTest, ListensUnderThePrefixAndToItsDatabaseOnly) {
  RedisServer redis;
  const auto collector =
      MakeSkewed("redis://127.0.0.1:" + std::to_string(redis.port()) + "/3", "air[1]*");
  ObserveSkewed(*collector);
  clock_.Advance(seconds(11));
  Publish(redis, "celery@mine", "heartbeat", 0, 0, "air[1]*/3.");
  Publish(redis, "celery@database", "heartbeat", 0, 0, "air[1]*/0.");
  Publish(redis, "celery@prefix", "heartbeat", 0, 0, "/3.");
  Publish(redis, "celery@glob", "heartbeat", 0, 0, "air1x/3.");
  EXPECT_THAT(Workers(*ObserveSkewed(*collector)), ElementsAre("celery@mine live 0/0"));
}

TEST_F(BrokerWorkersTest, KeepsOneConnectionForTheListener) {
  RedisServer redis;
  const auto collector = MakeSkewed("redis+socket://" + redis.socket_path());
  for (int round = 0; round < 5; ++round) ObserveSkewed(*collector);
  EXPECT_EQ(ObserveSkewed(*collector)->clients, 2U);
  EXPECT_THAT(redis.Cli({"PUBSUB", "NUMPAT"}), HasSubstr("1"));
}

TEST_F(BrokerWorkersTest, SurvivesMessagesThatAreNoEvents) {
  RedisServer redis;
  const auto collector = MakeSkewed(redis.TcpUrl());
  ObserveSkewed(*collector);
  clock_.Advance(seconds(11));
  redis.Cli({"PUBLISH", "/0.celeryev/worker.heartbeat", "secret"});
  redis.Cli({"PUBLISH", "/0.celeryev/worker.heartbeat", std::string(100'000, 'x')});
  Publish(redis, "celery@a", "heartbeat", 0, 0);
  const auto broker = ObserveSkewed(*collector);
  EXPECT_THAT(Workers(*broker), ElementsAre("celery@a live 0/0"));
  EXPECT_THAT(broker->problems, ElementsAre(HasSubstr("a worker's event cannot be read")));
}

TEST_F(BrokerWorkersTest, BlamesNobodyForARestartOfTheServer) {
  RedisServer redis;
  Bind(redis, "celery@a");
  const auto collector = MakeSkewed(redis.TcpUrl());
  ObserveSkewed(*collector);
  clock_.Advance(seconds(11));
  Publish(redis, "celery@a", "heartbeat", 1, 1);
  const auto before = ObserveSkewed(*collector);
  EXPECT_THAT(Workers(*before), ElementsAre("celery@a live 1/1"));
  redis.Restart();
  clock_.Advance(seconds(30));
  const auto after = ObserveSkewed(*collector);
  EXPECT_NE(after->run_id, before->run_id);
  EXPECT_THAT(Workers(*after), ElementsAre("unknown"));
  Bind(redis, "celery@a");
  clock_.Advance(seconds(11));
  Publish(redis, "celery@a", "heartbeat", 0, 2);
  EXPECT_THAT(Workers(*ObserveSkewed(*collector)), ElementsAre("celery@a live 0/2"));
}

TEST_F(BrokerWorkersTest, BlamesNobodyForAServerThatWasStopped) {
  RedisServer redis;
  Bind(redis, "celery@a");
  const auto collector = MakeSkewed(redis.TcpUrl());
  ObserveSkewed(*collector);
  clock_.Advance(seconds(11));
  Publish(redis, "celery@a", "heartbeat", 1, 1);
  ASSERT_THAT(Workers(*ObserveSkewed(*collector)), ElementsAre("celery@a live 1/1"));
  redis.process().Signal(SIGSTOP);
  EXPECT_FALSE(collector->Observe(Deadline{clock_.SteadyNow() + milliseconds(200)}));
  clock_.Advance(seconds(30));
  EXPECT_FALSE(collector->Observe(Deadline{clock_.SteadyNow() + milliseconds(200)}));
  redis.process().Signal(SIGCONT);
  EXPECT_THAT(Workers(*ObserveSkewed(*collector)), ElementsAre("unknown"));
}

TEST_F(BrokerWorkersTest, SeesAFullMemoryAndEvictions) {
  RedisServer redis({"--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru"});
  Bind(redis, "celery@a");
  redis.Cli({"EVAL", "for i=1,200 do redis.call('SET', 'k'..i, string.rep('x', 20000)) end", "0"});
  const auto collector = MakeSkewed(redis.TcpUrl());
  const auto evicting = ObserveSkewed(*collector);
  EXPECT_GT(evicting->evicted_keys.value_or(0), 0U);
  EXPECT_EQ(evicting->memory_max, 3U * 1024 * 1024);
  redis.Cli({"CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", "1mb"});
  ASSERT_THAT(redis.Cli({"SET", "one", "more"}), HasSubstr("OOM"));
  clock_.Advance(seconds(11));
  Publish(redis, "celery@a", "heartbeat", 1, 1);
  const auto full = ObserveSkewed(*collector);
  EXPECT_GT(full->memory_used.value_or(0), full->memory_max.value_or(0));
  EXPECT_THAT(Workers(*full), ElementsAre("celery@a live 1/1"));
  EXPECT_THAT(full->problems, IsEmpty());
}

}  // namespace
}  // namespace airflow_host
