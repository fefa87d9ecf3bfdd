// Servers that are silent, slow or strange: one connection, deadlines kept, life goes on after.
#include <gmock/gmock.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "collectors/support/text.h"
#include "tests/integration/broker/fake_server.h"
#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kShort{200};

/// Connections that the server has accepted since it started (INFO stats).
std::uint64_t ConnectionsReceived(RedisServer& redis) {
  std::string info = redis.Cli({"INFO", "stats"});
  std::string_view rest = info;
  while (auto line = TakeLine(rest)) {
    constexpr std::string_view kName = "total_connections_received:";
    if (line->starts_with(kName)) return ParseUnsigned(Trim(line->substr(kName.size()))).value();
  }
  return 0;
}

int CountOf(std::string_view word, std::string_view text) {
  int count = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

class BrokerHangTest : public BrokerIntegrationTest {
 protected:
  static void ExpectTimedOut(Collector& collector) {
    const auto observed = Observe(collector, kShort);
    ASSERT_FALSE(observed);
    EXPECT_EQ(observed.error().kind, ErrorKind::kTimedOut);
    EXPECT_THAT(observed.error().message, HasSubstr("did not answer before the deadline"));
  }
};

TEST_F(BrokerHangTest, KeepsItsOneConnectionToAStoppedServer) {
  RedisServer redis;
  const auto collector = Make(redis.TcpUrl());
  ASSERT_TRUE(Observe(*collector));
  const std::uint64_t before = ConnectionsReceived(redis);
  redis.process().Signal(SIGSTOP);
  for (int round = 0; round < 4; ++round) ExpectTimedOut(*collector);
  redis.process().Signal(SIGCONT);
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ(ConnectionsReceived(redis), before + 1) << "only redis-cli's own";
  // The pipeline that hung was answered once and not sent again in between.
  EXPECT_THAT(redis.Cli({"INFO", "commandstats"}), HasSubstr("cmdstat_dbsize:calls=3,"));
}

TEST_F(BrokerHangTest, ConnectsOnceToAServerThatIsStoppedFromTheStart) {
  RedisServer redis;
  redis.Cli({"CONFIG", "SET", "requirepass", "pw"});
  redis.process().Signal(SIGSTOP);
  const auto collector = Make("redis://:pw@127.0.0.1:" + std::to_string(redis.port()) + "/0");
  for (int round = 0; round < 3; ++round) ExpectTimedOut(*collector);
  redis.process().Signal(SIGCONT);
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ((*observed)->clients, 1U);
}

TEST_F(BrokerHangTest, GivesUpAfterAMinuteOfSilence) {
  std::atomic<int> asked = 0;  // Pipelines on the first connection, which is read to its end.
  FakeServer silent([&](int connection, const FakeServer& server) {
    std::array<char, 4096> buffer;
    std::string received;
    while (!server.stopping()) {
      pollfd watched{connection, POLLIN, 0};
      if (::poll(&watched, 1, 20) <= 0) continue;
      const ssize_t got = ::read(connection, buffer.data(), buffer.size());
      if (got <= 0) return;
      received.append(buffer.data(), static_cast<std::size_t>(got));
      if (server.accepted() == 1) asked = CountOf("DBSIZE", received);
    }
  });
  SkewedClock clock;
  BrokerSettings settings;
  settings.url = silent.Url();
  const auto collector = MakeBrokerCollector(settings, clock).value();
  const auto observe = [&] {
    const auto observed = collector->Observe(Deadline{clock.SteadyNow() + kShort});
    ASSERT_FALSE(observed);
    EXPECT_EQ(observed.error().kind, ErrorKind::kTimedOut);
  };
  observe();
  observe();
  clock.Advance(std::chrono::seconds(30));
  observe();
  EXPECT_TRUE(Eventually([&] { return silent.accepted() == 1; }));
  clock.Advance(std::chrono::seconds(31));
  observe();  // closes
  EXPECT_EQ(silent.accepted(), 1);
  observe();  // and this one connects anew
  EXPECT_TRUE(Eventually([&] { return silent.accepted() == 2; }));
  EXPECT_EQ(asked, 1) << "nothing is sent while replies are owed";
}

TEST_F(BrokerHangTest, ClosesAtOnceOnAServerThatDrips) {
  FakeServer dripping([](int connection, const FakeServer& server) {
    const std::string reply = "$1000\r\n";
    for (std::size_t at = 0; !server.stopping(); ++at) {
      const char byte = at < reply.size() ? reply[at] : 'x';
      if (::send(connection, &byte, 1, MSG_NOSIGNAL) != 1) return;
      std::this_thread::sleep_for(milliseconds(5));
    }
  });
  const auto collector = Make(dripping.Url());
  for (int round = 1; round <= 3; ++round) {
    // Long enough for a byte to come, on a busy machine too.
    const auto observed = Observe(*collector, milliseconds(1000));
    ASSERT_FALSE(observed);
    EXPECT_EQ(observed.error().kind, ErrorKind::kTimedOut);
    EXPECT_THAT(observed.error().message, HasSubstr("too slowly"));
    EXPECT_EQ(dripping.accepted(), round) << "one attempt to connect per round";
  }
}

TEST_F(BrokerHangTest, RefusesWhatIsNoRedis) {
  for (const std::string& answer : {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
                                    std::string("*1000000000\r\n"), std::string(3'000'000, '$'),
                                    std::string("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n"
                                                "+OK\r\n+OK\r\n+OK\r\n+OK\r\n")}) {
    FakeServer strange([&](int connection, const FakeServer&) {
      std::string_view rest = answer;
      while (!rest.empty()) {
        const ssize_t put = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (put <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(put));
      }
    });
    const auto observed = Observe(*Make(strange.Url()));
    ASSERT_FALSE(observed) << answer.substr(0, 20);
    EXPECT_EQ(strange.accepted(), 1);
  }
}

TEST_F(BrokerHangTest, CanBeBrokenOffByTheWatchdog) {
  RedisServer redis;
  const auto collector = Make(redis.TcpUrl());
  ASSERT_TRUE(Observe(*collector));
  redis.process().Signal(SIGSTOP);
  auto observing =
      std::async(std::launch::async, [&] { return Observe(*collector, std::chrono::hours(1)); });
  // An Interrupt that comes before the round has begun is without effect, so it is repeated.
  while (observing.wait_for(milliseconds(10)) != std::future_status::ready) collector->Interrupt();
  const auto observed = observing.get();
  ASSERT_FALSE(observed);
  EXPECT_EQ(observed.error().kind, ErrorKind::kTimedOut);
  EXPECT_THAT(observed.error().message, HasSubstr("broken off"));
  redis.process().Signal(SIGCONT);
  EXPECT_TRUE(Observe(*collector)) << "an Interrupt is over with its round";
}

TEST_F(BrokerHangTest, SaysThatRedisIsLoading) {
  RedisServer redis(
      {"--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"});
  redis.Cli({"EVAL", "for i=1,20000 do redis.call('SET', 'k'..i, 'x') end return 1", "0"});
  ASSERT_THAT(redis.Cli({"SAVE"}), HasSubstr("OK"));
  redis.Restart();  // Takes at least 20 s to load.
  const auto collector = Make(redis.TcpUrl());
  const auto observed = Observe(*collector);
  ASSERT_FALSE(observed);
  EXPECT_THAT(observed.error().message, HasSubstr("is loading its data set"));
  redis.Cli({"CONFIG", "SET", "key-load-delay", "0"});
}

TEST_F(BrokerHangTest, SaysThatAScriptBlocksTheServer) {
  RedisServer redis({"--lua-time-limit", "50"});
  const auto collector = Make(redis.TcpUrl());
  ASSERT_TRUE(Observe(*collector));
  const ChildProcess script(
      {"redis-cli", "-s", redis.socket_path(), "EVAL", "while true do end", "0"},
      redis.folder() + "/script.out");
  while (redis.Cli({"PING"}).find("BUSY") == std::string::npos) {
  }
  const auto observed = Observe(*collector);
  ASSERT_FALSE(observed);
  EXPECT_THAT(observed.error().message, HasSubstr("(BUSY)"));
  redis.Cli({"SCRIPT", "KILL"});
  while (redis.Cli({"PING"}).find("PONG") == std::string::npos) {
  }
  EXPECT_TRUE(Observe(*collector));
}

}  // namespace
}  // namespace airflow_host
