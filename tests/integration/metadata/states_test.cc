// Every state that is not a final one is counted, as each release names them.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

class MetadataStatesTest : public MetadataFixture {
 protected:
  using Counts = std::map<std::string, std::uint64_t>;

  /// One task instance of the first of `states`, two of the second and so on.
  Counts Insert(const std::vector<std::string>& states, bool airflow3) {
    Counts counts;
    Sql(InsertRun("run", "running", airflow3));
    for (const std::string& state : states) {
      const int count = static_cast<int>(counts.size()) + 1;
      counts[state] = static_cast<std::uint64_t>(count);
      Sql(InsertTasks(count, state, "default", "", "", airflow3));
    }
    for (const char* state : {"success", "failed", "skipped", "upstream_failed", "removed"}) {
      Sql(InsertTasks(20, state, "default", "", "", airflow3));
    }
    Sql("UPDATE task_instance SET state = NULL WHERE state = 'removed'");
    return counts;
  }

  /// What was counted, without what is 0.
  Counts Seen() {
    const auto collector = MakeCollector(RoleUrl());
    Counts counts;
    for (const TaskInstanceCount& row : See(*collector).task_instances) {
      EXPECT_EQ(row.queue, "default") << row.state;
      if (row.count > 0) counts[row.state] += row.count;
    }
    return counts;
  }
};

TEST_F(MetadataStatesTest, OfAirflow33) {
  MakeAirflow("3.3");
  const Counts there = Insert({"scheduled", "queued", "running", "restarting", "up_for_retry",
                               "up_for_reschedule", "deferred", "awaiting_input"},
                              true);
  EXPECT_EQ(Seen(), there);
}

TEST_F(MetadataStatesTest, OfAirflow22) {
  MakeAirflow("2.10");
  Sql("UPDATE alembic_version SET version_num = '7b2661a43ba3'");
  const Counts there = Insert({"scheduled", "queued", "running", "restarting", "up_for_retry",
                               "up_for_reschedule", "deferred", "sensing", "shutdown"},
                              false);
  EXPECT_EQ(Seen(), there);
}

}  // namespace
}  // namespace airflow_host
