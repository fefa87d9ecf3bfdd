// The pump on a socket pair: one end is the connection's, the test plays the server on the other.
#include "collectors/broker/redis_connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using Progress = RedisConnection::Progress;

class RedisConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()), 0);
    server_.Reset(pair[1]);
    connection_.emplace(std::make_unique<SocketStream>(UniqueDescriptor(pair[0])));
  }

  void Answer(std::string_view bytes) {
    ASSERT_EQ(::write(server_.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  std::string Asked() {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(server_.get(), buffer.data(), buffer.size());
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
  }
  /// A deadline that has passed: the pump does what it can without waiting.
  Deadline Now() const { return {clock_.SteadyNow()}; }

  ManualClock clock_;
  Waiter waiter_ = Waiter::Make(clock_).value();
  UniqueDescriptor server_;
  std::optional<RedisConnection> connection_;
};

TEST_F(RedisConnectionTest, SendsAPipelineInOneWriteAndKeepsTheOrder) {
  ASSERT_TRUE(connection_->Send({{"PING"}, {"DBSIZE"}}, clock_.SteadyNow()));
  EXPECT_EQ(connection_->Pump(waiter_, Now()).value(), Progress::kExpired);
  EXPECT_EQ(Asked(), "*1\r\n$4\r\nPING\r\n*1\r\n$6\r\nDBSIZE\r\n");
  EXPECT_EQ(connection_->outstanding(), 2U);
  Answer("+PONG\r\n:5\r\n");
  EXPECT_EQ(connection_->Pump(waiter_, Now()).value(), Progress::kComplete);
  const auto replies = connection_->TakeReplies();
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].text, "PONG");
  EXPECT_EQ(replies[1].integer, 5);
  EXPECT_EQ(connection_->outstanding(), 0U);
}

TEST_F(RedisConnectionTest, TellsSilenceFromDripping) {
  ASSERT_TRUE(connection_->Send({{"PING"}}, clock_.SteadyNow()));
  const SteadyTime asked = clock_.SteadyNow();
  clock_.Advance(std::chrono::seconds(3));
  connection_->MarkPhase();
  EXPECT_EQ(connection_->Pump(waiter_, Now()).value(), Progress::kExpired);
  EXPECT_FALSE(connection_->heard());
  EXPECT_EQ(connection_->silent_since(), asked);
  Answer("+PO");
  EXPECT_EQ(connection_->Pump(waiter_, Now()).value(), Progress::kExpired);
  EXPECT_TRUE(connection_->heard());
  EXPECT_EQ(connection_->silent_since(), clock_.SteadyNow());
}

TEST_F(RedisConnectionTest, CanBeBrokenOff) {
  ASSERT_TRUE(connection_->Send({{"PING"}}, clock_.SteadyNow()));
  waiter_.Interrupt();
  const Deadline far{clock_.SteadyNow() + std::chrono::hours(1)};
  EXPECT_EQ(connection_->Pump(waiter_, far).value(), Progress::kInterrupted);
  waiter_.Reset();
  Answer("+PONG\r\n");
  EXPECT_EQ(connection_->Pump(waiter_, far).value(), Progress::kComplete);
}

TEST_F(RedisConnectionTest, CanBeBrokenOffFromAnotherThread) {
  ASSERT_TRUE(connection_->Send({{"PING"}}, clock_.SteadyNow()));
  std::thread watchdog([this] { waiter_.Interrupt(); });
  const Deadline far{clock_.SteadyNow() + std::chrono::hours(1)};
  EXPECT_EQ(connection_->Pump(waiter_, far).value(), Progress::kInterrupted);
  watchdog.join();
}

TEST_F(RedisConnectionTest, NoticesAServerThatIsGone) {
  EXPECT_FALSE(connection_->IdleAndDead());
  server_.Reset();
  EXPECT_TRUE(connection_->IdleAndDead());
  ASSERT_TRUE(connection_->Send({{"PING"}}, clock_.SteadyNow()));
  const auto pumped = connection_->Pump(waiter_, Now());
  ASSERT_FALSE(pumped);
  EXPECT_EQ(pumped.error().message, "it closed the connection");
}

TEST_F(RedisConnectionTest, RefusesWhatNobodyAskedFor) {
  Answer("+HELLO\r\n");
  EXPECT_TRUE(connection_->IdleAndDead());
  ASSERT_TRUE(connection_->Send({{"PING"}}, clock_.SteadyNow()));
  Answer("+PONG\r\n+MORE\r\n");
  EXPECT_FALSE(connection_->Pump(waiter_, Now()));
}

}  // namespace
}  // namespace airflow_host
