// What PostgreSQL does to answer the statement: it never reads a table that grows as a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/schema_probe.h"
#include "collectors/metadata/task_query.h"
#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetadataPlanTest : public MetadataFixture {
 protected:
  /// Tables with 200,000 finished and 2,000 active task instances, and jobs and tries to match.
  void Fill(bool airflow3) {
    // Foreign keys are not looked at while the rows come in: that takes most of the time.
    const std::string schema = airflow3 ? "three" : "two";
    Sql("CREATE SCHEMA " + schema + "; SET search_path = " + schema +
        "; SET session_replication_role = replica");
    RunFile(airflow3 ? "sandbox/schema/airflow-3.1.sql" : "sandbox/schema/airflow-2.10.sql");
    const std::string key = airflow3 ? "logical_date, run_after" : "execution_date";
    const std::string time = "now() - n * interval '1 minute'";
    Sql("INSERT INTO dag_run (dag_id, run_id, state, run_type, queued_at, " + key +
        ") SELECT 'dag', 'run' || n, CASE WHEN n <= 20 THEN 'running' WHEN n <= 30 THEN 'queued'"
        " ELSE 'success' END, 'scheduled', " +
        time + ", " + time + (airflow3 ? ", " + time : "") +
        " FROM generate_series(1, 20000) AS n");
    Sql("INSERT INTO task_instance (" + std::string(airflow3 ? "id, last_heartbeat_at" : "job_id") +
        ", task_id, dag_id, run_id, state, queue, pool, queued_dttm, start_date) SELECT " +
        (airflow3 ? "gen_random_uuid(), now() - n * interval '1 second'" : "n") +
        ", 't' || n % 10, 'dag', 'run' || n / 10 + 1, CASE WHEN n % 101 <> 0 THEN 'success'"
        " WHEN n % 2 = 0 THEN 'running' ELSE 'queued' END, 'default', 'default_pool', now(), now()"
        " FROM generate_series(1, 199999) AS n");
    Sql("INSERT INTO job (job_type, state, latest_heartbeat, hostname) SELECT CASE WHEN n % 1000 = "
        "0"
        " THEN 'SchedulerJob' ELSE 'LocalTaskJob' END, CASE WHEN n < 199000 THEN 'success' ELSE"
        " 'running' END, now() - (200000 - n) * interval '1 minute', 'h' FROM"
        " generate_series(1, 200000) AS n");
    if (airflow3) {
      Sql("INSERT INTO task_instance_history (task_instance_id, task_id, dag_id, run_id, "
          "try_number,"
          " pool) SELECT gen_random_uuid(), 't' || n % 10, 'dag', 'run' || n / 10 + 1, 1,"
          " 'default_pool' FROM generate_series(1, 199999) AS n");
    }
    Sql("VACUUM ANALYZE");
  }

  /// `count` ids of task instances or of former tries, as Take gives them.
  std::vector<std::string> Ids(const std::string& column, const std::string& table, int count) {
    std::vector<std::string> ids;
    for (const DatabaseRow& row :
         Sql("SELECT " + column + " FROM " + table + " LIMIT " + std::to_string(count))) {
      ids.push_back(row.at(0).value_or(""));
    }
    return ids;
  }

  /// The plan of the statement that asks for `ids`.
  std::string PlanOf(const std::string& schema, const std::vector<std::string>& ids) {
    const auto probed = admin_->Query(SchemaProbe(schema));
    if (!probed) return probed.error().message;
    const MetadataQuery query =
        BuildMetadataQuery(ParseSchemaColumns(*probed), schema, Thresholds{});
    EXPECT_EQ(query.problems, std::vector<std::string>{});
    const std::string preamble = TransactionPreamble(schema);
    std::string plan;
    for (const DatabaseRow& row : Sql(preamble + "EXPLAIN (ANALYZE, BUFFERS) " +
                                      AskForTasks(query, ids).substr(preamble.size()))) {
      plan.append(row[0].value_or("")).append("\n");
    }
    if (::getenv("SHOW_PLANS") != nullptr) std::cout << plan;
    return plan;
  }
};

TEST_F(MetadataPlanTest, NeverScansWhatGrows) {
  for (const bool airflow3 : {true, false}) {
    Fill(airflow3);
    std::vector<std::string> ids;
    if (airflow3) {
      ids = Ids("id", "task_instance", 100);
      for (auto& id : Ids("task_instance_id", "task_instance_history", 100)) ids.push_back(id);
    }
    const std::string plan = PlanOf(airflow3 ? "three" : "two", ids);
    EXPECT_THAT(plan, HasSubstr("on task_instance")) << plan;
    for (const char* table : {"task_instance", "task_instance_history", "dag_run", "job"}) {
      EXPECT_THAT(plan, Not(HasSubstr(std::string("Seq Scan on ") + table + " "))) << plan;
    }
    if (airflow3) {
      EXPECT_THAT(plan, HasSubstr(" task_instance_pkey ")) << plan;
      EXPECT_THAT(plan, HasSubstr(" task_instance_history_pkey ")) << plan;
    }
  }
}

}  // namespace
}  // namespace airflow_host
