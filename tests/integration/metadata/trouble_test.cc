// The metadata collector against a real PostgreSQL: how it bears what goes wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "collectors/metadata/schema_probe.h"
#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetadataTroubleTest : public MetadataFixture {
 protected:
  /// How many sockets this process holds.
  static std::size_t Sockets() {
    std::size_t sockets = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
      if (target.rfind("socket:", 0) == 0) ++sockets;
    }
    return sockets;
  }
};

TEST_F(MetadataTroubleTest, LimitsHoldWithoutSessionState) {
  MakeAirflow("3.1");
  const auto client = Client(server_->Url("postgres", database_));
  const auto slow = client->Query(TransactionPreamble("") + "SELECT pg_sleep(60)");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().kind, ErrorKind::kTimedOut);
  EXPECT_THAT(slow.error().message, HasSubstr("canceling statement due to statement timeout"));
  const auto written = client->Query(TransactionPreamble("") + "DELETE FROM alembic_version");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("read-only transaction"));
  const auto left = client->Query(
      "SELECT current_setting('statement_timeout') || current_setting('lock_timeout') ||"
      " current_setting('transaction_read_only')");
  ASSERT_TRUE(left);
  EXPECT_EQ((*left)[0][0], "00off");
}

TEST_F(MetadataTroubleTest, ALockedTableFailsOneObservationOnly) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  Sql("BEGIN; LOCK TABLE task_instance IN ACCESS EXCLUSIVE MODE");
  const auto locked = Observe(*collector);
  Sql("ROLLBACK");
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().kind, ErrorKind::kTimedOut);
  EXPECT_THAT(locked.error().message, HasSubstr("lock timeout; another session"));
  EXPECT_THAT(locked.error().message, Not(HasSubstr("SELECT")));
  See(*collector);
  EXPECT_EQ(Sessions(), "1");
}

TEST_F(MetadataTroubleTest, AKilledBackendIsReplacedAtTheNextObservation) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" +
      std::string(kRole) + "'");
  while (Sessions() != "0") std::this_thread::yield();
  const auto broken = Observe(*collector);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kFailed);
  See(*collector);
  EXPECT_EQ(Sessions(), "1");
}

TEST_F(MetadataTroubleTest, AStoppedServerKeepsTheOneConnectionAndAnswersOnItLater) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  const std::string backend =
      Value("SELECT pid FROM pg_stat_activity WHERE usename = '" + std::string(kRole) + "'");
  const std::size_t sockets = Sockets();
  server_->Suspend();
  auto hanging = std::async(std::launch::async, [&] { return Observe(*collector); });
  EXPECT_EQ(hanging.wait_for(std::chrono::seconds(3)), std::future_status::timeout);
  EXPECT_EQ(Sockets(), sockets);
  server_->Resume();
  const auto late = hanging.get();
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_EQ(Value("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = '" +
                  std::string(kRole) + "'"),
            backend);
}

TEST_F(MetadataTroubleTest, InterruptEndsAHungObservation) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  server_->Suspend();
  auto hanging = std::async(std::launch::async, [&] { return Observe(*collector); });
  EXPECT_EQ(hanging.wait_for(std::chrono::seconds(1)), std::future_status::timeout);
  collector->Interrupt();
  EXPECT_EQ(hanging.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  server_->Resume();
  const auto broken = hanging.get();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kTimedOut);
  See(*collector);
  // One that comes when nothing is under way costs a new connection, not an observation.
  collector->Interrupt();
  collector->Interrupt();
  See(*collector);
  EXPECT_EQ(collector->ConnectionFailures(), 0U);
}

TEST_F(MetadataTroubleTest, SaysWhyItCannotConnectAndKeepsThePassword) {
  MakeAirflow("3.1");
  const std::string socket = server_->directory().string();
  struct Case {
    std::string url;
    ErrorKind kind;
    const char* words;
  };
  const Case cases[] = {
      {server_->Url(std::string(kRole) + ":hunter2", database_), ErrorKind::kDenied,
       "password authentication failed"},
      {server_->Url(kRole, database_), ErrorKind::kDenied, "no password supplied"},
      {"postgresql://u:hunter2@no-such-host.invalid/airflow", ErrorKind::kFailed,
       "no-such-host.invalid"},
      {"postgresql://u:hunter2@127.0.0.1:1/airflow", ErrorKind::kFailed, "Connection refused"},
      {"postgresql://u:hunter2@/airflow?host=/no/such/directory", ErrorKind::kFailed,
       "No such file or directory"},
      {"postgresql://postgres:hunter2@/no_such?host=" + socket, ErrorKind::kFailed,
       "does not exist"},
      {"postgresql://u:hunter2@/airflow?host=" + socket + "&sslmoode=require", ErrorKind::kFailed,
       "sslmoode"},
      {"postgresql://u:hunter2@/airflow?host=" + socket + "&sslmode=hunter2", ErrorKind::kFailed,
       "sslmode"},
  };
  for (const Case& wrong : cases) {
    const auto collector = MakeCollector(wrong.url);
    const std::string message = SeeRefused(*collector, wrong.kind, wrong.words);
    EXPECT_THAT(message, HasSubstr("cannot connect to the metadata database at"));
    EXPECT_THAT(message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(message, Not(HasSubstr("\n")));
    EXPECT_EQ(collector->ConnectionFailures(), 1U);
  }
}

}  // namespace
}  // namespace airflow_host
