// The metadata collector while its PostgreSQL is killed, recovers or has no connection left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class MetadataRestartTest : public MetadataFixture {
 protected:
  /// One observation that must fail for want of a server; its message.
  std::string Failure(Collector& collector) {
    const auto observation = Observe(collector);
    EXPECT_FALSE(observation);
    return observation ? "" : observation.error().message;
  }

  /// The exporter's role has one session, asked by a connection of its own.
  void ExpectOneSession() {
    admin_ = Client(server_->Url("postgres", database_));
    EXPECT_EQ(Sessions(), "1");
  }

  /// Stops the server as a crash would and starts it as a standby that replays what there is.
  void StartAsStandby(const std::string& options) {
    ASSERT_TRUE(server_->Stop());
    std::ofstream(server_->data() / "standby.signal") << "";
    ASSERT_TRUE(server_->StartAgain(options));
  }

  void StartAsPrimary() {
    ASSERT_TRUE(server_->Stop());
    std::filesystem::remove(server_->data() / "standby.signal");
    ASSERT_TRUE(server_->StartAgain());
  }
};

TEST_F(MetadataRestartTest, AKilledServerIsReadAgainOnceItIsBack) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  server_->Kill();
  EXPECT_THAT(Failure(*collector), HasSubstr("cannot read the metadata database"));
  EXPECT_EQ(collector->ConnectionFailures(), 0U) << "the connection broke, none was tried";
  for (const std::uint64_t failures : {1U, 2U}) {
    EXPECT_THAT(Failure(*collector), HasSubstr("cannot connect to the metadata database"));
    EXPECT_EQ(collector->ConnectionFailures(), failures) << "one attempt each time";
  }
  ASSERT_TRUE(server_->StartAgain());
  EXPECT_EQ(See(*collector).airflow_version, "3.1.0-3.1.7");
  EXPECT_EQ(collector->ConnectionFailures(), 2U);
  ExpectOneSession();
}

TEST_F(MetadataRestartTest, ARestartCostsOneObservation) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  const auto before = See(*collector).server_start;
  ASSERT_TRUE(server_->Stop());
  ASSERT_TRUE(server_->StartAgain());
  Failure(*collector);
  EXPECT_GT(See(*collector).server_start, before);
  EXPECT_EQ(collector->ConnectionFailures(), 0U);
  ExpectOneSession();
}

TEST_F(MetadataRestartTest, AServerInRecoveryIsReadAsSoonAsItLetsAnybodyRead) {
  MakeAirflow("3.1");
  Sql(InsertRun("run", "running"));
  Sql(InsertTasks(3, "running", "default"));
  const auto collector = MakeCollector(RoleUrl());
  See(*collector);
  StartAsStandby("-c hot_standby=off");
  Failure(*collector);  // The connection broke.
  EXPECT_THAT(Failure(*collector),
              AnyOf(HasSubstr("is starting up"), HasSubstr("is not accepting connections")));
  EXPECT_EQ(collector->ConnectionFailures(), 1U);
  StartAsStandby("-c hot_standby=on");
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(seen.problems, std::vector<std::string>{});
  EXPECT_EQ(seen.tasks.size(), 3U);
  ExpectOneSession();
  EXPECT_EQ(Value("SELECT pg_is_in_recovery()"), "t");
  StartAsPrimary();
  Failure(*collector);
  EXPECT_EQ(See(*collector).tasks.size(), 3U);
}

TEST_F(MetadataRestartTest, AServerOutOfConnectionsFailsNewOnesOnly) {
  MakeAirflow("3.1");
  const auto held = MakeCollector(RoleUrl());
  See(*held);
  std::vector<std::unique_ptr<DatabaseClient>> others;
  // 30 at most, 3 of which are kept for superusers, such as these.
  while (Value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") !=
         "28") {
    others.push_back(Client(server_->Url("postgres", database_)));
  }
  EXPECT_EQ(See(*held).connections_max, 30U) << "it keeps its connection";
  const auto late = MakeCollector(RoleUrl());
  for (const std::uint64_t failures : {1U, 2U}) {
    EXPECT_THAT(Failure(*late), HasSubstr("remaining connection slots are reserved"));
    EXPECT_EQ(late->ConnectionFailures(), failures);
  }
  EXPECT_EQ(Sessions(), "1");
  others.clear();
  while (Value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") !=
         "2") {
  }
  See(*late);
  EXPECT_EQ(Sessions(), "2");
}

}  // namespace
}  // namespace airflow_host
