// What the tests of the metadata collector share: one PostgreSQL, a database per test, the role of
// deploy/sql/grants.sql.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "collectors/metadata/conninfo.h"
#include "collectors/metadata/database_client.h"
#include "collectors/metadata/database_url.h"
#include "collectors/metadata/metadata_collector.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/clock.h"
#include "tests/integration/metadata/private_postgres.h"

namespace airflow_host {

/// A password that needs escaping both in a URL and in a conninfo string: p@s/s'w\d
inline constexpr const char* kPassword = "p@s/s'w\\d";
inline constexpr const char* kPasswordInUrl = "p%40s%2Fs'w%5Cd";
inline constexpr const char* kRole = "airflow_host_exporter";

/// A client for `url`; connected, or the test fails.
inline std::unique_ptr<DatabaseClient> Client(const std::string& url) {
  const auto address = ParseDatabaseUrl(url);
  EXPECT_TRUE(address) << address.error().message;
  auto client = std::make_unique<DatabaseClient>(*address, Conninfo(*address));
  const auto connected = client->Connect();
  EXPECT_TRUE(connected) << connected.error().message;
  return client;
}

/// SQL that makes `count` task instances of the run 'run', which InsertRun has made; `columns` and
/// `values` (of the row n) begin with a comma.
inline std::string InsertTasks(int count, const std::string& state, const std::string& queue,
                               const std::string& columns = "", const std::string& values = "",
                               bool airflow3 = true) {
  static int number = 0;
  const std::string task = "t" + std::to_string(++number) + "_";
  const bool has_slots = columns.find("pool_slots") != std::string::npos;
  const bool has_try = columns.find("try_number") != std::string::npos;
  return "INSERT INTO task_instance (" + std::string(airflow3 ? "id, " : "") +
         "task_id, dag_id, run_id, state, queue, pool" + (has_slots ? "" : ", pool_slots") +
         (has_try ? "" : ", try_number") + columns + ") SELECT " +
         std::string(airflow3 ? "gen_random_uuid(), " : "") + "'" + task +
         "' || n, 'dag', 'run', '" + state + "', '" + queue + "', 'default_pool'" +
         (has_slots ? "" : ", 1") + (has_try ? "" : ", 1") + values + " FROM generate_series(1, " +
         std::to_string(count) + ") AS n";
}

/// SQL that makes a DAG run, queued 100 seconds ago.
inline std::string InsertRun(const std::string& run, const std::string& state,
                             bool airflow3 = true) {
  return std::string("INSERT INTO dag_run (dag_id, run_id, state, run_type, queued_at, ") +
         (airflow3 ? "run_after" : "execution_date") + ") VALUES ('dag', '" + run + "', '" + state +
         "', 'manual', now() - interval '100 seconds', now() + interval '" +
         std::to_string(std::hash<std::string>{}(run) % 100000) + " seconds')";
}

class MetadataFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PrivatePostgres::Programs().empty()) server_ = PrivatePostgres::Start();
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (PrivatePostgres::Programs().empty()) {
      GTEST_SKIP() << "PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb)";
    }
    ASSERT_NE(server_, nullptr);
    static int number = 0;
    database_ = "airflow_" + std::to_string(++number);
    Client(server_->Url("postgres", "postgres"))->Query("CREATE DATABASE " + database_);
    admin_ = Client(server_->Url("postgres", database_));
  }

  /// Runs `sql` as superuser; its rows.
  std::vector<DatabaseRow> Sql(const std::string& sql) {
    auto rows = admin_->Query(sql);
    EXPECT_TRUE(rows) << rows.error().message;
    return rows ? *std::move(rows) : std::vector<DatabaseRow>{};
  }

  /// The one value that `sql` gives, as text; empty for NULL.
  std::string Value(const std::string& sql) {
    const auto rows = Sql(sql);
    if (rows.size() != 1 || rows[0].empty()) return "(not one row)";
    return rows[0][0].value_or("");
  }

  void RunFile(const std::string& name) {
    std::ifstream file(std::string(DEPLOY_DIRECTORY) + "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    ASSERT_FALSE(text.str().empty()) << name;
    Sql(text.str());
  }

  /// Makes Airflow's tables of `version` and the role that may read them, and nothing else.
  void MakeAirflow(const std::string& version) {
    RunFile("sandbox/schema/airflow-" + version + ".sql");
    RunFile("sql/grants.sql");
    Sql("ALTER ROLE " + std::string(kRole) + " PASSWORD 'p@s/s''w\\d'");
  }

  std::string RoleUrl() const {
    return server_->Url(std::string(kRole) + ":" + kPasswordInUrl, database_);
  }

  std::unique_ptr<Collector> MakeCollector(const std::string& url) {
    return MakeCollector(url, clock_);
  }

  std::unique_ptr<Collector> MakeCollector(const std::string& url, const Clock& clock) {
    auto collector = MakeMetadataCollector({.url = url, .schema = ""}, clock);
    EXPECT_TRUE(collector) << collector.error().message;
    return collector ? *std::move(collector) : nullptr;
  }

  Expected<std::shared_ptr<const Observation>> Observe(Collector& collector) {
    return collector.Observe(Deadline{clock_.SteadyNow() + std::chrono::seconds(30)});
  }

  /// One observation that has to succeed.
  MetadataObservation See(Collector& collector) {
    const auto observation = Observe(collector);
    EXPECT_TRUE(observation) << observation.error().message;
    const auto seen =
        observation ? std::dynamic_pointer_cast<const MetadataObservation>(*observation) : nullptr;
    return seen ? *seen : MetadataObservation{};
  }

  /// One observation that has to fail, as `kind` and with `words` in its message; the message.
  std::string SeeRefused(Collector& collector, ErrorKind kind, const std::string& words) {
    const auto refused = Observe(collector);
    if (refused) {
      ADD_FAILURE() << "it succeeded, without \"" << words << "\"";
      return "";
    }
    EXPECT_EQ(refused.error().kind, kind) << refused.error().message;
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr(words));
    return refused.error().message;
  }

  /// How many sessions the exporter's role has.
  std::string Sessions() {
    return Value("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + std::string(kRole) +
                 "'");
  }

  static std::unique_ptr<PrivatePostgres> server_;
  SystemClock clock_;
  std::string database_;
  std::unique_ptr<DatabaseClient> admin_;
};

inline std::unique_ptr<PrivatePostgres> MetadataFixture::server_;

}  // namespace airflow_host
