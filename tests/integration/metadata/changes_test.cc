// What may be read changes while the exporter runs: Airflow is installed or migrated, rights are
// granted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/metadata/metadata_fixture.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MetadataChangesTest : public MetadataFixture {
 protected:
  /// Observes twice: what has changed is found after the first.
  MetadataObservation SeeAfterAMinute(Collector& collector) {
    manual_clock_.Advance(std::chrono::minutes(1));
    See(collector);
    return See(collector);
  }

  ManualClock manual_clock_;
};

TEST_F(MetadataChangesTest, FollowsAMigration) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  EXPECT_EQ(See(*collector).airflow_version, "3.1.0-3.1.7");
  Sql("ALTER TABLE trigger ADD COLUMN queue varchar(256);"
      "UPDATE alembic_version SET version_num = '1b2c3d4e5f6g'");
  EXPECT_EQ(See(*collector).revision, "1b2c3d4e5f6g");
  EXPECT_EQ(See(*collector).airflow_version, ">=3.2.0");
  // A table that goes away fails one observation and is left out of the next.
  Sql("DROP TABLE dag_version");
  const auto failed = Observe(*collector);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kMalformed);
  EXPECT_THAT(failed.error().message, HasSubstr("dag_version"));
  EXPECT_EQ(See(*collector).problems.size(), 1U);
  EXPECT_EQ(Sessions(), "1");
}

TEST_F(MetadataChangesTest, SeesAnAirflowThatIsInstalledLater) {
  Sql("SELECT 1");
  const auto collector = MakeCollector(server_->Url("postgres", database_), manual_clock_);
  EXPECT_THAT(See(*collector).task_instances, IsEmpty());
  MakeAirflow("3.1");
  EXPECT_THAT(See(*collector).task_instances, IsEmpty()) << "it is not looked for at every cadence";
  EXPECT_EQ(See(*collector).revision, std::nullopt);
  const MetadataObservation seen = SeeAfterAMinute(*collector);
  EXPECT_EQ(seen.airflow_version, "3.1.0-3.1.7");
  EXPECT_FALSE(seen.task_instances.empty());
  EXPECT_THAT(seen.problems, IsEmpty());
}

TEST_F(MetadataChangesTest, SeesARightThatIsGrantedLater) {
  MakeAirflow("3.1");
  Sql("REVOKE SELECT ON trigger FROM " + std::string(kRole));
  const auto collector = MakeCollector(RoleUrl(), manual_clock_);
  EXPECT_THAT(See(*collector).problems, ElementsAre(HasSubstr("triggers cannot be read")));
  EXPECT_THAT(SeeAfterAMinute(*collector).problems, ElementsAre(HasSubstr("triggers")));
  RunFile("sql/grants.sql");
  const MetadataObservation seen = SeeAfterAMinute(*collector);
  EXPECT_THAT(seen.problems, IsEmpty());
  EXPECT_EQ(seen.triggers, 0U);
  EXPECT_EQ(Sessions(), "1");
}

}  // namespace
}  // namespace airflow_host
