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
  const MetadataQuery nothing = BuildMetadataQuery(columns, "", Thresholds{});
  EXPECT_THAT(nothing.sql, StartsWith(TransactionPreamble("")));
  EXPECT_THAT(nothing.sql, HasSubstr("pg_stat_activity"));
  EXPECT_THAT(nothing.sql, Not(HasSubstr("task_instance")));
  EXPECT_FALSE(nothing.reads_task_instances);
  EXPECT_FALSE(nothing.problems.empty());

  for (const char* column : {"state", "queue", "queued_dttm", "start_date"}) {
    columns.Add("task_instance", column, true);
  }
  const MetadataQuery old = BuildMetadataQuery(columns, "", Thresholds{});
  EXPECT_TRUE(old.reads_task_instances);
  EXPECT_FALSE(old.reads_lost_heartbeats);
  EXPECT_THAT(old.sql, Not(HasSubstr("executor")));
  EXPECT_THAT(old.sql, Not(HasSubstr("scheduled_dttm")));

  columns.Add("task_instance", "executor", true);
  columns.Add("task_instance", "scheduled_dttm", true);
  columns.Add("task_instance", "last_heartbeat_at", false);
  const MetadataQuery newer = BuildMetadataQuery(columns, "", Thresholds{});
  EXPECT_THAT(newer.sql, HasSubstr("coalesce(executor, '')"));
  EXPECT_THAT(newer.sql, HasSubstr("scheduled_dttm"));
  EXPECT_FALSE(newer.reads_lost_heartbeats);
  EXPECT_THAT(newer.problems, ::testing::Contains(HasSubstr("heartbeats of task instances")));
}

TEST(BuildMetadataQuery, AsksByTheInstallationsThresholds) {
  SchemaColumns columns;
  for (const char* column : {"state", "queue", "queued_dttm", "start_date", "last_heartbeat_at"}) {
    columns.Add("task_instance", column, true);
  }
  for (const char* column : {"job_type", "state", "latest_heartbeat", "hostname"}) {
    columns.Add("job", column, true);
  }
  Thresholds thresholds{.queued = std::chrono::seconds(11),
                        .task_heartbeat = std::chrono::seconds(12),
                        .scheduler = std::chrono::seconds(13),
                        .triggerer = std::chrono::seconds(14),
                        .dag_processor = std::chrono::milliseconds(10500)};
  const MetadataQuery query = BuildMetadataQuery(columns, "", thresholds);
  EXPECT_TRUE(query.reads_overdue);
  for (const char* part : {"queued_dttm < now() - interval '11000 milliseconds'",
                           "last_heartbeat_at < now() - interval '12000 milliseconds'",
                           "latest_heartbeat < now() - interval '13000 milliseconds'",
                           "latest_heartbeat < now() - interval '14000 milliseconds'",
                           "latest_heartbeat < now() - interval '10500 milliseconds'"}) {
    EXPECT_THAT(query.sql, HasSubstr(part));
  }
  thresholds.queued.reset();
  const MetadataQuery patient = BuildMetadataQuery(columns, "", thresholds);
  EXPECT_FALSE(patient.reads_overdue);
  EXPECT_THAT(patient.sql, Not(HasSubstr("11000 milliseconds")));
}

TEST(RevisionProbe, GivesTheOneRevision) {
  EXPECT_THAT(RevisionProbe("s"), StartsWith(TransactionPreamble("s")));
  EXPECT_EQ(ParseRevision({}), std::nullopt);
  const std::vector<DatabaseRow> empty = {{}};
  const std::vector<DatabaseRow> null = {{std::nullopt}};
  const std::vector<DatabaseRow> known = {{"cc92b33c6709"}, {"x"}};
  EXPECT_EQ(ParseRevision(empty), std::nullopt);
  EXPECT_EQ(ParseRevision(null), std::nullopt);
  EXPECT_EQ(ParseRevision(known), "cc92b33c6709");
}

}  // namespace
}  // namespace airflow_host
