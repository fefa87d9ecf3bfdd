#include "collectors/metadata/metadata_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/metadata/schema_probe.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(TransactionPreamble, LimitsAndQuotes) {
  EXPECT_EQ(TransactionPreamble(""),
            "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = 2000; "
            "SET LOCAL lock_timeout = 500; ");
  EXPECT_THAT(TransactionPreamble("a\"; DROP TABLE x; --"),
              HasSubstr("SET LOCAL search_path = \"a\"\"; DROP TABLE x; --\"; "));
}

TEST(SchemaColumns, TellsMissingFromForbidden) {
  const std::vector<DatabaseRow> rows = {{"job", "state", "true"},   {"job", "hostname", "false"},
                                         {"dag", "is_paused", "t"},  {"dag", "is_paused"},
                                         {std::nullopt, "x", "t"},   {"dag", std::nullopt, "t"},
                                         {"dag", "x", std::nullopt}, {}};
  const SchemaColumns columns = ParseSchemaColumns(rows);
  EXPECT_TRUE(columns.Exists("job", "hostname"));
  EXPECT_FALSE(columns.Exists("job", "id"));
  EXPECT_FALSE(columns.Exists("dag", "x"));
  EXPECT_EQ(columns.Missing("job", {"state"}), std::nullopt);
  EXPECT_EQ(columns.Missing("dag", {"is_paused"}), std::nullopt);
  EXPECT_EQ(columns.Missing("job", {"state", "hostname"}),
            "SELECT on the table job is not granted");
  EXPECT_EQ(columns.Missing("job", {"id"}), "the table job has no column id");
  EXPECT_THAT(columns.Missing("trigger", {"id"}).value(), HasSubstr("trigger is not there"));
}

TEST(BuildMetadataQuery, AsksOnlyForWhatIsThere) {
  SchemaColumns columns;
  const MetadataQuery nothing = BuildMetadataQuery(columns, "");
  EXPECT_THAT(nothing.sql, StartsWith(TransactionPreamble("")));
  EXPECT_THAT(nothing.sql, HasSubstr("pg_stat_activity"));
  EXPECT_THAT(nothing.sql, Not(HasSubstr("task_instance")));
  EXPECT_FALSE(nothing.reads_task_instances);
  EXPECT_FALSE(nothing.problems.empty());

  for (const char* column : {"state", "queue", "queued_dttm", "start_date"}) {
    columns.Add("task_instance", column, true);
  }
  const MetadataQuery old = BuildMetadataQuery(columns, "");
  EXPECT_TRUE(old.reads_task_instances);
  EXPECT_FALSE(old.reads_lost_heartbeats);
  EXPECT_THAT(old.sql, Not(HasSubstr("executor")));
  EXPECT_THAT(old.sql, Not(HasSubstr("scheduled_dttm")));

  columns.Add("task_instance", "executor", true);
  columns.Add("task_instance", "scheduled_dttm", true);
  columns.Add("task_instance", "last_heartbeat_at", false);
  const MetadataQuery newer = BuildMetadataQuery(columns, "");
  EXPECT_THAT(newer.sql, HasSubstr("coalesce(executor, '')"));
  EXPECT_THAT(newer.sql, HasSubstr("scheduled_dttm"));
  EXPECT_FALSE(newer.reads_lost_heartbeats);
  EXPECT_THAT(newer.problems, ::testing::Contains(HasSubstr("heartbeats of task instances")));
}

}  // namespace
}  // namespace airflow_host
