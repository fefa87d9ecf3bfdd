#include "collectors/metadata/task_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/metadata/schema_probe.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kId = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";

/// The columns of Airflow 2.2's task_instance that we read.
SchemaColumns Airflow22() {
  SchemaColumns columns;
  for (const char* column :
       {"dag_id", "task_id", "run_id", "state", "queue", "hostname", "external_executor_id",
        "try_number", "pid", "queued_dttm", "start_date"}) {
    columns.Add("task_instance", column, true);
  }
  return columns;
}

MetadataQuery QueryOf(const SchemaColumns& columns) {
  QueryParts parts(columns, "");
  AddTasks(parts);
  return parts.query();
}

TEST(AddTasks, ReadsWhatEachVersionHas) {
  SchemaColumns columns = Airflow22();
  const MetadataQuery oldest = QueryOf(columns);
  EXPECT_THAT(oldest.sql, HasSubstr("SELECT 'task'::text, (NULL)::text, (dag_id)::text"));
  EXPECT_THAT(oldest.sql, HasSubstr("LIMIT 1000"));
  EXPECT_THAT(oldest.sql, Not(HasSubstr("map_index")));
  EXPECT_THAT(oldest.sql, Not(HasSubstr("(executor)")));
  EXPECT_TRUE(oldest.by_id.empty());
  EXPECT_TRUE(oldest.problems.empty());

  columns.Add("task_instance", "map_index", true);
  columns.Add("task_instance_history", "id", true);  // Airflow 2.10: no id of a task instance.
  EXPECT_THAT(QueryOf(columns).sql, HasSubstr("(map_index)::float8"));
  EXPECT_TRUE(QueryOf(columns).by_id.empty());

  columns.Add("task_instance", "executor", true);
  EXPECT_THAT(QueryOf(columns).sql, HasSubstr("(external_executor_id)::text, (executor)::text"));

  columns.Add("task_instance", "id", true);
  const MetadataQuery three = QueryOf(columns);
  EXPECT_THAT(three.sql, HasSubstr("SELECT 'task'::text, (id)::text, (dag_id)::text"));
  ASSERT_EQ(three.by_id.size(), 1U);
  EXPECT_THAT(three.by_id[0], HasSubstr("FROM task_instance WHERE id = ANY("));

  for (const char* column :
       {"task_instance_id", "dag_id", "task_id", "run_id", "map_index", "try_number"}) {
    columns.Add("task_instance_history", column, true);
  }
  const MetadataQuery history = QueryOf(columns);
  ASSERT_EQ(history.by_id.size(), 2U);
  EXPECT_THAT(history.by_id[1],
              HasSubstr("FROM task_instance_history WHERE task_instance_id = ANY("));
  EXPECT_TRUE(history.problems.empty());
}

TEST(AddTasks, SaysWhatItMayNotRead) {
  SchemaColumns columns = Airflow22();
  columns.Add("task_instance", "id", true);
  columns.Add("task_instance_history", "task_instance_id", false);
  EXPECT_THAT(QueryOf(columns).problems,
              ::testing::ElementsAre(
                  "task instances that were tried again cannot be read: SELECT on the table "
                  "task_instance_history is not granted"));
  EXPECT_EQ(QueryOf(columns).by_id.size(), 1U);
  columns.Add("task_instance", "pid", false);
  EXPECT_EQ(QueryOf(columns).sql, "");
  EXPECT_EQ(QueryOf(columns).problems.size(), 1U);
}

TEST(AskForTasks, PutsNothingButIdsIntoTheStatement) {
  MetadataQuery query;
  query.sql = "SELECT 1";
  query.by_id = {" UNION ALL (a = ANY(", " UNION ALL (b = ANY("};
  EXPECT_EQ(AskForTasks(query, {}), "SELECT 1");
  const std::vector<std::string> wrong = {"", "'", "}'::uuid[])); DROP TABLE x; --"};
  EXPECT_EQ(AskForTasks(query, wrong), "SELECT 1");
  const std::vector<std::string> mixed = {"x", kId, "'", kId};
  const std::string list = std::string("'{") + kId + "," + kId + "}'::uuid[]))";
  EXPECT_EQ(AskForTasks(query, mixed),
            "SELECT 1 UNION ALL (a = ANY(" + list + " UNION ALL (b = ANY(" + list);
  query.by_id.clear();
  EXPECT_EQ(AskForTasks(query, mixed), "SELECT 1");
}

}  // namespace
}  // namespace airflow_host
