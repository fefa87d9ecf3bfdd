// What PostgreSQL does to answer the statement: it never reads a table that grows as a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/schema_probe.h"
#include "collectors/metadata/task_query.h"
#include "tests/integration/metadata/filled_airflow.h"
#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetadataPlanTest : public MetadataFixture {
 protected:
  /// Makes the schema `schema` of Airflow `version` with 200,000 finished task instances and 2,000
  /// active ones, spread all over the table: the worst for a planner that is to use the index.
  void Fill(const std::string& schema, const std::string& version) {
    std::ifstream file(std::string(DEPLOY_DIRECTORY) + "/sandbox/schema/airflow-" + version +
                       ".sql");
    const std::string tables{std::istreambuf_iterator<char>(file), {}};
    const FilledAirflow filled{
        .airflow3 = IsAirflow3(version), .finished = 200'000, .active = 2'000, .scattered = true};
    for (const std::string& sql : FillStatements(filled, schema, tables)) Sql(sql);
  }

  static bool IsAirflow3(const std::string& version) { return version.starts_with("3."); }

  /// `count` ids of task instances or of former tries, as Take gives them.
  std::vector<std::string> Ids(const std::string& column, const std::string& table, int count) {
    std::vector<std::string> ids;
    std::string sql = "SELECT " + column + " FROM " + table;
    sql.append(" LIMIT ").append(std::to_string(count));
    for (const DatabaseRow& row : Sql(sql)) {
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
  for (const std::string version : {"3.3", "3.1", "2.10"}) {
    const bool airflow3 = IsAirflow3(version);
    std::string schema = "airflow_" + version;
    std::replace(schema.begin(), schema.end(), '.', '_');
    Fill(schema, version);
    std::vector<std::string> ids;
    if (airflow3) {
      ids = Ids("id", "task_instance", 100);
      for (auto& id : Ids("task_instance_id", "task_instance_history", 100)) ids.push_back(id);
    }
    const std::string plan = PlanOf(schema, ids);
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
