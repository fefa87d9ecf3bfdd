#include "collectors/metadata/airflow_version.h"

#include <gtest/gtest.h>

#include "collectors/metadata/schema_probe.h"

namespace airflow_host {
namespace {

TEST(VersionOfRevision, KnowsReleases) {
  EXPECT_EQ(VersionOfRevision("587bdf053233")->range, "2.2.4-2.2.5");
  EXPECT_EQ(VersionOfRevision("5f2621c13b39")->range, "2.10.3-2.11.x");
  const auto newest = VersionOfRevision("d2f4e1b3c5a7");
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->major, 3);
  EXPECT_EQ(newest->minor, 3);
  for (const char* unknown : {"", "d2f4e1b3c5a", "D2F4E1B3C5A7", "d2f4e1b3c5a7 ", "1b2c3d4e5f6g"}) {
    EXPECT_FALSE(VersionOfRevision(unknown)) << unknown;
  }
}

TEST(VersionOfRevision, KnowsAtLeastOneOfEveryMinorRelease) {
  struct Case {
    const char* revision;
    int major;
    int minor;
  };
  // The schema of each x.y.0: the "heads" of airflow/utils/db.py.
  const Case cases[] = {{"7b2661a43ba3", 2, 2}, {"b1b348e02d07", 2, 3},  {"ecb43d2a1842", 2, 4},
                        {"290244fb8b83", 2, 5}, {"98ae134e6fff", 2, 6},  {"405de8318b3a", 2, 7},
                        {"10b52ebd31f7", 2, 8}, {"1949afb29106", 2, 9},  {"22ed7efa9da2", 2, 10},
                        {"29ce7909c52b", 3, 0}, {"cc92b33c6709", 3, 1},  {"1d6611b6ab7c", 3, 2},
                        {"d2f4e1b3c5a7", 3, 3}, {"5f2621c13b39", 2, 10}, {"509b94a1042d", 3, 1}};
  for (const Case& one : cases) {
    const auto version = VersionOfRevision(one.revision);
    ASSERT_TRUE(version) << one.revision;
    EXPECT_EQ(version->major, one.major) << one.revision;
    EXPECT_EQ(version->minor, one.minor) << one.revision;
    const std::string start = std::to_string(one.major) + "." + std::to_string(one.minor) + ".";
    EXPECT_EQ(version->range.rfind(start, 0), 0U) << version->range;
  }
}

TEST(VersionOf, TakesTheColumnsForARevisionThatIsNotKnown) {
  SchemaColumns columns;
  columns.Add("task_instance", "id", true);
  EXPECT_EQ(VersionOf("cc92b33c6709", columns)->range, "3.1.0-3.1.7");
  EXPECT_EQ(VersionOf("1b2c3d4e5f6g", columns)->range, ">=3.0.0");
  EXPECT_EQ(VersionOf(std::nullopt, columns)->range, ">=3.0.0");
  EXPECT_EQ(VersionOf("1b2c3d4e5f6g", SchemaColumns{}), std::nullopt);
}

TEST(AirflowVersion, Compares) {
  const AirflowVersion version{2, 10, ""};
  EXPECT_TRUE(version.AtLeast(2, 10));
  EXPECT_TRUE(version.AtLeast(2, 7));
  EXPECT_TRUE(version.AtLeast(1, 99));
  EXPECT_FALSE(version.AtLeast(2, 11));
  EXPECT_FALSE(version.AtLeast(3, 0));
}

TEST(VersionOfColumns, TakesTheNewestThatIsThere) {
  SchemaColumns columns;
  EXPECT_FALSE(VersionOfColumns(columns));
  columns.Add("task_instance", "state", true);
  EXPECT_FALSE(VersionOfColumns(columns));
  columns.Add("task_instance", "trigger_id", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=2.2.0");
  columns.Add("task_instance", "map_index", false);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=2.3.0");
  columns.Add("task_instance", "executor", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=2.10.0");
  columns.Add("task_instance", "id", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=3.0.0");
  columns.Add("dag", "last_parse_duration", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=3.1.0");
  columns.Add("trigger", "queue", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=3.2.0");
  columns.Add("task_instance", "retry_reason", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=3.3.0");
}

}  // namespace
}  // namespace airflow_host
