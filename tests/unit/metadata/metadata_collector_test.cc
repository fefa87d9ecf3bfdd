// What needs no server; the rest is in tests/integration/metadata.
#include "collectors/metadata/metadata_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MakeMetadataCollector, RefusesWhatItCannotRead) {
  const ManualClock clock;
  const auto sqlite = MakeMetadataCollector({.url = "sqlite:////hunter2.db", .schema = ""}, clock);
  ASSERT_FALSE(sqlite);
  EXPECT_EQ(sqlite.error().kind, ErrorKind::kMalformed);
  EXPECT_THAT(sqlite.error().message, Not(HasSubstr("hunter2")));
  EXPECT_FALSE(
      MakeMetadataCollector({.url = "postgresql://h/d", .schema = std::string("a\0b", 3)}, clock));
}

TEST(MakeMetadataCollector, ConnectsToNothingYet) {
  const ManualClock clock;
  const auto collector = MakeMetadataCollector(
      {.url = "postgresql:///d?host=/no/such/directory", .schema = ""}, clock);
  ASSERT_TRUE(collector);
  (*collector)->Interrupt();
  const auto refused = (*collector)->Observe(Deadline{clock.SteadyNow()});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("cannot connect to the metadata database at /no/such/directory/d: "));
}

}  // namespace
}  // namespace airflow_host
