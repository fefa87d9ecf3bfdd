// Several servers: failover in the order of the URL, and by real sentinels.
#include <gmock/gmock.h>

#include <signal.h>

#include <fstream>

#include "collectors/broker/redis_client.h"
#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// One redis-sentinel that watches one master. Used by one thread.
class Sentinel {
 public:
  Sentinel(const RedisServer& master, const std::string& master_password,
           const std::string& password)
      : password_(password) {
    const std::string config = folder_.path() + "/sentinel.conf";
    std::ofstream(config) << "port " << port_ << "\nbind 127.0.0.1\ndir " << folder_.path()
                          << "\nsentinel monitor mymaster 127.0.0.1 " << master.port() << " 1\n"
                          << "sentinel auth-pass mymaster " << master_password << "\n"
                          << "sentinel down-after-milliseconds mymaster 500\n"
                          << "sentinel failover-timeout mymaster 3000\n"
                          << "requirepass " << password << "\n";
    process_ = std::make_unique<ChildProcess>(std::vector<std::string>{"redis-sentinel", config},
                                              folder_.path() + "/sentinel.log");
  }

  std::uint16_t port() const { return port_; }
  /// Runs redis-cli and gives what it printed.
  std::string Cli(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {
        "redis-cli", "--no-auth-warning", "-p", std::to_string(port_), "-a", password_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const std::string output = folder_.path() + "/cli.out";
    ChildProcess(command, output).Wait();
    std::ifstream file(output);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Waits until `server` is the master that it names.
  bool NamesEventually(const RedisServer& server) {
    return Eventually([&] {
      return Cli({"SENTINEL", "get-master-addr-by-name", "mymaster"})
                 .find(std::to_string(server.port())) != std::string::npos;
    });
  }

 private:
  TemporaryFolder folder_;
  std::string password_;
  std::uint16_t port_ = FreePort();
  std::unique_ptr<ChildProcess> process_;
};

std::vector<std::string> WithPassword(std::vector<std::string> options = {}) {
  options.insert(options.end(),
                 {"--requirepass", "pw", "--masterauth", "pw", "--repl-diskless-sync-delay", "0"});
  return options;
}

/// A master, its replica and a sentinel that knows both.
class BrokerSentinelTest : public BrokerIntegrationTest {
 protected:
  void SetUp() override {
    BrokerIntegrationTest::SetUp();
    if (IsSkipped()) return;
    if (!Installed("redis-sentinel")) {
      GTEST_SKIP() << "redis-sentinel is not installed (Debian package redis-sentinel)";
    }
    first_.emplace(WithPassword());
    second_.emplace(WithPassword({"--replicaof", "127.0.0.1 " + std::to_string(first_->port())}));
    ASSERT_TRUE(Eventually([&] {
      return second_->Cli({"-a", "pw", "INFO", "replication"}).find("master_link_status:up") !=
             std::string::npos;
    }));
    sentinel_.emplace(*first_, "pw", "sentinel-pw");
    ASSERT_TRUE(Eventually([&] {
      return sentinel_->Cli({"SENTINEL", "replicas", "mymaster"})
                 .find("127.0.0.1:" + std::to_string(second_->port())) != std::string::npos;
    }));
    Put(*first_, "default", 3);
    ASSERT_TRUE(Eventually([&] {
      return second_->Cli({"-a", "pw", "LLEN", "default"}).find('3') != std::string::npos;
    }));
  }
  static void Put(RedisServer& redis, const std::string& queue, int messages) {
    for (int count = 0; count < messages; ++count) redis.Cli({"-a", "pw", "LPUSH", queue, "m"});
  }
  /// The first sentinel of the URL is not there.
  BrokerSettings Settings() const {
    BrokerSettings settings;
    settings.url = "sentinel://:pw@127.0.0.1:" + std::to_string(FreePort()) +
                   "/0;sentinel://127.0.0.1:" + std::to_string(sentinel_->port());
    settings.server_options.master_name = "mymaster";
    settings.server_options.sentinel.password = "sentinel-pw";
    settings.queues = {"default"};
    return settings;
  }
  static std::string Named(const RedisServer& server) {
    return "Redis at 127.0.0.1:" + std::to_string(server.port());
  }

  std::optional<RedisServer> first_;
  std::optional<RedisServer> second_;
  std::optional<Sentinel> sentinel_;
};

TEST_F(BrokerSentinelTest, FollowsTheMaster) {
  const auto collector = Make(Settings());
  const auto before = Observe(*collector);
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ((*before)->server, Named(*first_));
  EXPECT_EQ((*before)->role, "master");
  EXPECT_EQ(Messages(**before, "default"), 3U);
  // At first the sentinel has not asked the replica yet.
  ASSERT_TRUE(Eventually([&] {
    return sentinel_->Cli({"SENTINEL", "FAILOVER", "mymaster"}).find("OK") != std::string::npos;
  }));
  ASSERT_TRUE(sentinel_->NamesEventually(*second_));
  // The old master may not know yet that it is none: it answers as one, then refuses for a while.
  ASSERT_TRUE(Eventually([&] {
    const auto observed = Observe(*collector);
    if (!observed) return false;
    EXPECT_EQ((*observed)->role, "master");
    return (*observed)->server == Named(*second_);
  }));
  Put(*second_, "default", 2);
  const auto moved = Observe(*collector);
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(Messages(**moved, "default"), 5U);
}

TEST_F(BrokerSentinelTest, LeavesAMasterThatIsFrozen) {
  const auto collector = Make(Settings());
  ASSERT_TRUE(Observe(*collector));
  first_->process().Signal(SIGSTOP);
  const auto silent = Observe(*collector, milliseconds(300));
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().kind, ErrorKind::kTimedOut);
  ASSERT_TRUE(sentinel_->NamesEventually(*second_));
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ((*observed)->server, Named(*second_));
  EXPECT_EQ(Messages(**observed, "default"), 3U);
}

TEST_F(BrokerSentinelTest, SaysWhatIsWrong) {
  BrokerSettings settings = Settings();
  settings.server_options.sentinel.password = "secret";
  auto failed = Observe(*Make(settings));
  ASSERT_FALSE(failed);
  // Of several sentinels the last one's reason is told: here the one that is not there, or the
  // other.
  EXPECT_THAT(failed.error().message, Not(HasSubstr("secret")));
  settings.url = "sentinel://:pw@127.0.0.1:" + std::to_string(sentinel_->port());
  failed = Observe(*Make(settings));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kDenied);
  EXPECT_THAT(failed.error().message, HasSubstr("refused the user or password of sentinel_kwargs"));
  settings.server_options.sentinel.password.reset();
  failed = Observe(*Make(settings));
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("wants a password (NOAUTH): sentinel_kwargs"));
  settings.server_options.sentinel.password = "sentinel-pw";
  settings.server_options.master_name = "other";
  failed = Observe(*Make(settings));
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("knows no master of the name other"));
  settings.server_options.master_name.clear();
  failed = Observe(*Make(settings));
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("no master_name is set"));
}

class BrokerFailoverTest : public BrokerIntegrationTest {
 protected:
  static std::string Server(const RedisServer& redis) {
    return "Redis at 127.0.0.1:" + std::to_string(redis.port());
  }
};

TEST_F(BrokerFailoverTest, TakesTheNextInTheSameRound) {
  RedisServer first;
  RedisServer second;
  const auto collector = Make(first.TcpUrl() + ";" + second.TcpUrl());
  EXPECT_EQ(Observe(*collector).value()->server, Server(first));
  first.Stop();
  EXPECT_EQ(Observe(*collector).value()->server, Server(second));
  first.Restart();
  EXPECT_EQ(Observe(*collector).value()->server, Server(second)) << "it stays for a while";
  second.Stop();
  EXPECT_EQ(Observe(*collector).value()->server, Server(first)) << "round robin";
  first.Stop();
  const auto failed = Observe(*collector);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("Connection refused"));
}

/// Moved on to the second of two servers, by a clock that can be set forward.
class BrokerReturnTest : public BrokerFailoverTest {
 protected:
  void SetUp() override {
    BrokerFailoverTest::SetUp();
    if (IsSkipped()) return;
    first_.emplace();
    second_.emplace();
    BrokerSettings settings;
    settings.url = first_->TcpUrl() + ";" + second_->TcpUrl();
    collector_ = MakeBrokerCollector(settings, clock_).value();
    ASSERT_EQ(Where(), Server(*first_));
    first_->Stop();
    ASSERT_EQ(Where(), Server(*second_));
  }
  /// Whom an observation asked; why there was none.
  std::string Where(milliseconds limit = seconds(10)) {
    const auto observed = collector_->Observe(Deadline{clock_.SteadyNow() + limit});
    if (!observed) return observed.error().message;
    return dynamic_cast<const BrokerObservation&>(**observed).server;
  }
  /// A worker's heartbeat, as `server` passes it on.
  static void Beat(RedisServer& server) {
    server.Cli({"PUBLISH", "/0.celeryev/worker.heartbeat",
                R"({"body": "{\"hostname\": \"celery@w\", \"type\": \"worker-heartbeat\"}"})"});
  }

  SkewedClock clock_;
  std::optional<RedisServer> first_;
  std::optional<RedisServer> second_;
  std::unique_ptr<Collector> collector_;
};

TEST_F(BrokerReturnTest, GoesBackToTheFirstUrlAfterAWhile) {
  first_->Restart();
  EXPECT_EQ(Where(), Server(*second_)) << "not at once";
  clock_.Advance(RedisClient::kReturnPause);
  EXPECT_EQ(Where(), Server(*first_));
  EXPECT_EQ(Where(), Server(*first_));
  EXPECT_TRUE(Eventually([&] {
    return second_->Cli({"INFO", "clients"}).find("connected_clients:1\r") != std::string::npos;
  })) << "redis-cli alone: no connection is left there";
}

TEST_F(BrokerReturnTest, StaysWhereWorkersAreHeard) {
  first_->Restart();
  clock_.Advance(seconds(11));
  Beat(*second_);
  ASSERT_EQ(Where(), Server(*second_));
  clock_.Advance(RedisClient::kReturnPause);
  Beat(*second_);
  EXPECT_EQ(Where(), Server(*second_)) << "a worker was heard a round ago";
  EXPECT_EQ(Where(), Server(*second_)) << "and in that one";
  clock_.Advance(seconds(11));
  EXPECT_EQ(Where(), Server(*second_));
  EXPECT_EQ(Where(), Server(*first_)) << "nobody is left there";
}

TEST_F(BrokerReturnTest, LooksRarelyAtAFirstUrlThatServesNobody) {
  first_->Restart();
  first_->Cli({"CONFIG", "SET", "requirepass", "other"});
  for (int look = 1; look <= 3; ++look) {
    clock_.Advance(RedisClient::kReturnPause);
    for (int round = 0; round < 3; ++round) EXPECT_EQ(Where(), Server(*second_));
    EXPECT_THAT(first_->Cli({"-a", "other", "INFO", "stats"}),
                HasSubstr("total_error_replies:" + std::to_string(look) + "\r"));
  }
}

TEST_F(BrokerReturnTest, IsNotHeldUpByAFirstUrlThatIsFrozen) {
  first_->Restart();
  first_->process().Signal(SIGSTOP);
  clock_.Advance(RedisClient::kReturnPause);
  EXPECT_EQ(Where(), Server(*second_)) << "a part of the time is enough to see that";
}

TEST_F(BrokerFailoverTest, ComesBackToAServerThatOnlyRestarted) {
  RedisServer first;
  RedisServer second;
  const auto collector = Make(first.TcpUrl() + ";" + second.TcpUrl());
  ASSERT_TRUE(Observe(*collector));
  first.Restart();
  EXPECT_EQ(Observe(*collector).value()->server, Server(first));
}

TEST_F(BrokerFailoverTest, GoesOnWhereItIsRefused) {
  RedisServer first({"--requirepass", "other"});
  RedisServer second;
  const auto collector =
      Make("redis://:pw@127.0.0.1:" + std::to_string(first.port()) + "/0;" + second.TcpUrl());
  EXPECT_FALSE(Observe(*collector));
  EXPECT_EQ(Observe(*collector).value()->server, Server(second));
}

TEST_F(BrokerFailoverTest, HoldsOnToAServerThatIsStopped) {
  RedisServer first;
  RedisServer second;
  SkewedClock clock;
  BrokerSettings settings;
  settings.url = first.TcpUrl() + ";" + second.TcpUrl();
  const auto collector = MakeBrokerCollector(settings, clock).value();
  const auto observe = [&](milliseconds limit) {
    return collector->Observe(Deadline{clock.SteadyNow() + limit}).has_value();
  };
  ASSERT_TRUE(observe(seconds(10)));
  first.process().Signal(SIGSTOP);
  EXPECT_FALSE(observe(milliseconds(300)));
  clock.Advance(seconds(30));
  EXPECT_FALSE(observe(milliseconds(300))) << "kombu waits, too";
  clock.Advance(seconds(31));
  EXPECT_FALSE(observe(milliseconds(300)));
  EXPECT_TRUE(observe(seconds(10))) << "after a minute it is given up";
}

}  // namespace
}  // namespace airflow_host
