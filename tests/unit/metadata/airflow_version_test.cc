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
  columns.Add("task_instance", "map_index", false);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=2.3.0");
  columns.Add("task_instance", "executor", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=2.10.0");
  columns.Add("trigger", "queue", true);
  EXPECT_EQ(VersionOfColumns(columns)->range, ">=3.2.0");
}

}  // namespace
}  // namespace airflow_host
