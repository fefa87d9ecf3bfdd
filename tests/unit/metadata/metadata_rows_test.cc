#include "collectors/metadata/metadata_rows.h"

#include <gtest/gtest.h>

#include <limits>

#include "collectors/metadata/metadata_query.h"
#include "tests/unit/metadata/make_row.h"

namespace airflow_host {
namespace {

/// Parses `rows` with the server's row before them.
MetadataRows Parse(std::vector<DatabaseRow> rows) {
  rows.insert(rows.begin(), MakeRow(section::kServer, {}, {"1700000000.5", "100", "1700000002"}));
  auto parsed = ParseMetadataRows(rows, SchemaColumns{});
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *std::move(parsed) : MetadataRows{};
}

TEST(ParseMetadataRows, RefusesRowsOfAnotherShape) {
  const SchemaColumns none;
  EXPECT_FALSE(ParseMetadataRows({}, none));
  const std::vector<DatabaseRow> other = {{"server", "1"}};
  EXPECT_FALSE(ParseMetadataRows(other, none));
  const std::vector<DatabaseRow> empty = {{}};
  EXPECT_FALSE(ParseMetadataRows(empty, none));
  const std::vector<DatabaseRow> nulls = {DatabaseRow(kRowColumns)};
  const auto refused = ParseMetadataRows(nulls, none);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kMalformed);
}

TEST(ParseMetadataRows, ReadsTheServer) {
  const MetadataRows rows = Parse({MakeRow("database", {}, {"7", "8192"}),
                                   MakeRow("longest_transaction", {}, {"1700000001"}),
                                   MakeRow("a newer section", {"x"}, {"1"})});
  EXPECT_EQ(rows.observation.server_start, FromSecondsSinceEpoch(1700000000.5));
  EXPECT_EQ(rows.observation.connections_max, 100U);
  EXPECT_EQ(rows.observation.database_time, FromSecondsSinceEpoch(1700000002));
  EXPECT_EQ(rows.observation.deadlocks, 7U);
  EXPECT_EQ(rows.observation.database_size_bytes, 8192U);
  EXPECT_EQ(rows.observation.longest_transaction, FromSecondsSinceEpoch(1700000001));
  EXPECT_EQ(rows.observation.task_instances_overdue, std::nullopt);
  EXPECT_EQ(rows.observation.airflow_version, std::nullopt);
}

TEST(ParseMetadataRows, LeavesOutWhatIsNoNumber) {
  const std::vector<std::string> wrong = {"",
                                          "x",
                                          "-1",
                                          "1e300",
                                          "Infinity",
                                          "-Infinity",
                                          "NaN",
                                          "1 ",
                                          "0x10",
                                          "1e400",
                                          std::string("1\0", 2),
                                          "99999999999999999999"};
  for (const std::string& number : wrong) {
    const MetadataRows rows =
        Parse({MakeRow("import_errors", {}, {number}), MakeRow("triggers", {}, {}),
               MakeRow("task_instances", {"queued", "q", ""}, {number, number, number, number}),
               MakeRow("dag_runs", {"queued"}, {number, number}),
               MakeRow("alive", {"SchedulerJob"}, {number, number})});
    EXPECT_EQ(rows.observation.import_errors, std::nullopt) << number;
    EXPECT_EQ(rows.observation.triggers, std::nullopt) << number;
    EXPECT_TRUE(rows.groups.empty()) << number;
    EXPECT_TRUE(rows.observation.dag_runs.empty()) << number;
    EXPECT_TRUE(rows.observation.alive.empty()) << number;
  }
  const MetadataRows far = Parse({MakeRow("heartbeat", {"SchedulerJob", "h"}, {"1e17"}),
                                  MakeRow("longest_transaction", {}, {"-1e300"})});
  EXPECT_TRUE(far.observation.heartbeats.empty());
  EXPECT_EQ(far.observation.longest_transaction, std::nullopt);
}

TEST(ParseMetadataRows, ReadsTaskInstances) {
  const MetadataRows rows = Parse(
      {MakeRow("task_instances", {"queued", "default", ""}, {"3", "1700000500", "1", "0", "2"}),
       MakeRow("task_instances", {"running", "q\x01\xff", "K"}, {"1e+01", "", "0", "2"})});
  ASSERT_EQ(rows.groups.size(), 2U);
  EXPECT_EQ(rows.groups[0].count, 3U);
  EXPECT_EQ(rows.groups[0].queued_beyond_grace, 2U);
  EXPECT_EQ(rows.groups[0].since, FromSecondsSinceEpoch(1700000500));
  EXPECT_EQ(rows.groups[1].queue, "q??");
  EXPECT_EQ(rows.groups[1].executor, "K");
  EXPECT_EQ(rows.groups[1].count, 10U);
  EXPECT_EQ(rows.groups[1].queued_beyond_grace, 0U);
  EXPECT_EQ(rows.groups[1].since, std::nullopt);
  EXPECT_EQ(rows.observation.task_instances_overdue, 1U);
  EXPECT_EQ(rows.observation.task_instances_heartbeat_lost, 2U);
}

TEST(ParseMetadataRows, MissesADagProcessorOnlyWhereThereMustBeOne) {
  const std::pair<const char*, std::size_t> cases[] = {{"587bdf053233", 2},  // 2.2
                                                       {"405de8318b3a", 2},  // 2.7
                                                       {"cc92b33c6709", 3},  // 3.1
                                                       {"unknown", 2}};
  for (const auto& [revision, components] : cases) {
    // Counts within the threshold, within a day.
    const MetadataRows rows = Parse({MakeRow("alive", {"SchedulerJob"}, {"4", "5"}),
                                     MakeRow("alive", {"TriggererJob"}, {"0", "2"}),
                                     MakeRow("alive", {"DagProcessorJob"}, {"0", "0"}),
                                     MakeRow("alive", {"LocalTaskJob"}, {"9", "9"}),
                                     MakeRow("revision", {revision}, {})});
    ASSERT_EQ(rows.observation.alive.size(), components) << revision;
    EXPECT_EQ(rows.observation.alive[0].count, 4U) << revision;
    EXPECT_EQ(rows.observation.alive[1].count, 0U) << revision;
  }
  const MetadataRows dead = Parse({MakeRow("alive", {"DagProcessorJob"}, {"0", "1"}),
                                   MakeRow("revision", {"587bdf053233"}, {})});
  ASSERT_EQ(dead.observation.alive.size(), 1U) << "it was there today";
  EXPECT_EQ(dead.observation.alive[0].count, 0U);
}

TEST(ParseMetadataRows, BoundsAndFoldsApplications) {
  std::vector<DatabaseRow> sessions;
  for (int number = 0; number < 25; ++number) {
    for (const char* state : {"idle", "active"}) {
      sessions.push_back(MakeRow("connections", {"app" + std::to_string(number), state}, {"2"}));
    }
  }
  sessions.push_back(MakeRow("connections", {"app3", "idle in transaction"}, {"1"}));
  const MetadataRows rows = Parse(sessions);
  const auto& connections = rows.observation.connections;
  EXPECT_EQ(connections.size(), 20U * 2 + 1 + 2);
  std::uint64_t other = 0;
  std::uint64_t all = 0;
  for (const ConnectionCount& count : connections) {
    all += count.count;
    if (count.application == "other") other += count.count;
  }
  EXPECT_EQ(other, 5U * 2 * 2);
  EXPECT_EQ(all, 25U * 2 * 2 + 1);
}

TEST(ParseMetadataRows, NamesNothingTwice) {
  const std::string host(300, 'h');
  const MetadataRows rows =
      Parse({MakeRow("heartbeat", {"SchedulerJob", host + "1"}, {"1700000000"}),
             MakeRow("heartbeat", {"SchedulerJob", host + "2"}, {"1600000000"}),
             MakeRow("heartbeat", {"TriggererJob", host}, {"1700000000"}),
             MakeRow("heartbeat", {"LocalTaskJob", host}, {"1700000000"}),
             MakeRow("dag_runs", {"queued"}, {"1", "1700000000"}),
             MakeRow("dag_runs", {"queued"}, {"2", "1700000000"}),
             MakeRow("dag_runs", {"success"}, {"2", "1700000000"})});
  ASSERT_EQ(rows.observation.heartbeats.size(), 2U);
  EXPECT_EQ(rows.observation.heartbeats[0].at, FromSecondsSinceEpoch(1700000000));
  ASSERT_EQ(rows.observation.dag_runs.size(), 1U);
  EXPECT_EQ(rows.observation.dag_runs[0].count, 1U);
}

}  // namespace
}  // namespace airflow_host
