// Through PgBouncer in transaction mode, as Airflow's Helm chart runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

constexpr const char* kPgBouncer = "/usr/sbin/pgbouncer";
/// Names the socket only; nothing listens on TCP.
constexpr const char* kPort = "6432";

class PgBouncerTest : public MetadataFixture {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kPgBouncer)) GTEST_SKIP() << "PgBouncer is not installed";
    MetadataFixture::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const std::string directory = server_->directory();
    std::ofstream(server_->directory() / "users.txt")
        << "\"" << kRole << "\" \"" << kPassword << "\"\n";
    std::ofstream(server_->directory() / "pgbouncer.ini")
        << "[databases]\n* = host=" << directory
        << "\n[pgbouncer]\nlisten_addr=\nlisten_port=" << kPort << "\nunix_socket_dir=" << directory
        << "\nauth_type=plain\nauth_file=" << directory << "/users.txt\npool_mode=transaction\n"
        << "pidfile=" << directory << "/pgbouncer.pid\nlogfile=" << directory
        << "/pgbouncer.log\ndefault_pool_size=1\n";
    ASSERT_TRUE(RunAsPostgres({kPgBouncer, "-q", "-d", directory + "/pgbouncer.ini"},
                              server_->directory()));
  }

  void TearDown() override {
    if (!server_) return;
    std::ifstream file(server_->directory() / "pgbouncer.pid");
    pid_t pid = 0;
    if (file >> pid) ::kill(pid, SIGINT);
    while (pid > 0 && ::kill(pid, 0) == 0) std::this_thread::yield();
  }
};

TEST_F(PgBouncerTest, ReadsThroughTransactionPooling) {
  MakeAirflow("3.1");
  const std::string url = RoleUrl() + "&port=" + kPort;
  const auto one = MakeCollector(url);
  const auto two = MakeCollector(url);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(See(*one).problems, std::vector<std::string>{});
    EXPECT_EQ(See(*two).airflow_version, "3.1.0-3.1.7");
  }
  // Both share the one server session of the pool, and nothing of ours sticks to it.
  EXPECT_EQ(
      Value("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + std::string(kRole) + "'"),
      "1");
  const auto plain = Client(url);
  const auto left = plain->Query(
      "SELECT current_setting('statement_timeout') || current_setting('transaction_read_only')");
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ((*left)[0][0], "0off");
}

}  // namespace
}  // namespace airflow_host
