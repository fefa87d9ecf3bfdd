// Whose sessions are counted: those of other roles too, of which PostgreSQL tells little to a role
// without pg_read_all_stats.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>
#include <utility>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

class MetadataSessionsTest : public MetadataFixture {
 protected:
  /// Sessions by application and state.
  using Sessions = std::map<std::pair<std::string, std::string>, std::uint64_t>;

  /// A cluster with autovacuum, whose worker is a process in the database that is nobody's session.
  static void SetUpTestSuite() {
    if (PrivatePostgres::Programs().empty()) return;
    server_ = PrivatePostgres::Start("-c autovacuum=on -c autovacuum_naptime=1s");
  }

  /// Airflow's own role, which is neither a superuser's nor the exporter's.
  void MakeAirflowsRole() {
    Sql("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'airflow') THEN"
        " CREATE ROLE airflow LOGIN PASSWORD 'airflow'; END IF; END $$");
  }

  std::unique_ptr<DatabaseClient> Airflow(const std::string& application) {
    auto client = Client(server_->Url("airflow:airflow", database_));
    EXPECT_TRUE(client->Query("SET application_name = '" + application + "'"));
    return client;
  }

  static void Run(DatabaseClient& client, const std::string& sql) {
    const auto rows = client.Query(sql);
    EXPECT_TRUE(rows) << rows.error().message;
  }

  static Sessions SessionsIn(const MetadataObservation& seen) {
    Sessions sessions;
    for (const ConnectionCount& row : seen.connections) {
      sessions[{row.application, row.state}] += row.count;
    }
    return sessions;
  }

  /// How many workers of autovacuum are busy with the table `large`.
  std::string AutovacuumWorkers() {
    return Value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'autovacuum worker' AND query LIKE 'autovacuum: VACUUM%large%'");
  }

  /// Waits until autovacuum is at work in this database, on a table for which it takes minutes.
  bool AutovacuumWorks() {
    Sql("CREATE TABLE large WITH (autovacuum_vacuum_cost_delay = 100,"
        " autovacuum_vacuum_cost_limit = 1) AS"
        " SELECT n, repeat('x', 500) FROM generate_series(1, 20000) AS n;"
        "DELETE FROM large; SELECT pg_stat_force_next_flush()");
    for (int turn = 0; turn < 600; ++turn) {
      if (AutovacuumWorkers() == "1") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
};

TEST_F(MetadataSessionsTest, OfOtherRolesAreCountedWithoutTheirStates) {
  MakeAirflow("3.1");
  MakeAirflowsRole();
  const auto idle = Airflow("scheduler");
  const auto waiting = Airflow("scheduler");
  const auto nameless = Airflow("");
  Run(*waiting, "BEGIN; SELECT 1");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(SessionsIn(seen), (Sessions{{{"airflow_host_exporter", "active"}, 1},
                                        {{"airflow_host_exporter", "unknown"}, 1},
                                        {{"scheduler", "unknown"}, 2},
                                        {{"", "unknown"}, 1}}))
      << "the superuser's of this test calls itself as the exporter does";
  EXPECT_EQ(seen.longest_transaction, std::nullopt);
  std::uint64_t total = 0;
  for (const ConnectionCount& row : seen.connections) total += row.count;
  EXPECT_EQ(std::to_string(total),
            Value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                  " backend_type = 'client backend'"));
}

TEST_F(MetadataSessionsTest, OfOtherRolesHaveTheirStatesOnceStatisticsAreGranted) {
  MakeAirflow("3.1");
  MakeAirflowsRole();
  Sql("GRANT pg_read_all_stats TO " + std::string(kRole));
  const auto idle = Airflow("scheduler");
  const auto waiting = Airflow("scheduler");
  Run(*waiting, "BEGIN; SELECT 1");
  const auto collector = MakeCollector(RoleUrl());
  const MetadataObservation seen = See(*collector);
  EXPECT_EQ(SessionsIn(seen), (Sessions{{{"airflow_host_exporter", "active"}, 1},
                                        {{"airflow_host_exporter", "idle"}, 1},
                                        {{"scheduler", "idle"}, 1},
                                        {{"scheduler", "idle in transaction"}, 1}}));
  EXPECT_TRUE(seen.longest_transaction);
  Sql("REVOKE pg_read_all_stats FROM " + std::string(kRole));
}

TEST_F(MetadataSessionsTest, AreNotTheServersOwnWorkers) {
  MakeAirflow("3.1");
  const auto collector = MakeCollector(RoleUrl());
  ASSERT_TRUE(AutovacuumWorks());
  const Sessions without = SessionsIn(See(*collector));
  EXPECT_EQ(without, (Sessions{{{"airflow_host_exporter", "active"}, 1},
                               {{"airflow_host_exporter", "unknown"}, 1}}));
  Sql("GRANT pg_read_all_stats TO " + std::string(kRole));
  const Sessions with = SessionsIn(See(*collector));
  EXPECT_EQ(with, (Sessions{{{"airflow_host_exporter", "active"}, 1},
                            {{"airflow_host_exporter", "idle"}, 1}}));
  Sql("REVOKE pg_read_all_stats FROM " + std::string(kRole));
  EXPECT_EQ(AutovacuumWorkers(), "1") << "it has been there all the time";
}

}  // namespace
}  // namespace airflow_host
