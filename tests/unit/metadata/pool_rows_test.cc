#include "collectors/metadata/pool_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/make_row.h"

namespace airflow_host {
namespace {

/// As many pools of 10 slots as are told apart and three more, each with 2 slots running.
std::vector<DatabaseRow> TooMany() {
  std::vector<DatabaseRow> rows;
  for (std::size_t number = 0; number < MetadataObservation::kMostPools + 3; ++number) {
    const std::string name = "p" + std::to_string(number);
    rows.push_back(MakeRow("pool", {name}, {"10", "1"}));
    rows.push_back(MakeRow("pool_use", {name, "running"}, {"2"}));
    rows.push_back(MakeRow("pool_use", {name, "deferred"}, {"1"}));
  }
  return rows;
}

TEST(ReadPools, SumsUpWhatIsTaken) {
  const std::vector<DatabaseRow> rows = {
      MakeRow("pool_use", {"small", "running"}, {"5"}),
      MakeRow("pool", {"small"}, {"4", "0"}),
      MakeRow("pool", {"deferring"}, {"10", "1"}),
      MakeRow("pool", {"endless"}, {"-1", "0"}),
      MakeRow("pool", {"small"}, {"99", "0"}),
      MakeRow("pool_use", {"deferring", "deferred"}, {"3"}),
      MakeRow("pool_use", {"deferring", "queued"}, {"2"}),
      MakeRow("pool_use", {"deferring", "scheduled"}, {"6"}),
      MakeRow("pool_use", {"gone", "running"}, {"1"}),
      MakeRow("pool_use", {"endless", "running"}, {"9007199254740992"}),
      MakeRow("pool_use", {"endless", "running"}, {"9007199254740992"}),
  };
  const auto pools = ReadPools(rows);
  ASSERT_EQ(pools.size(), 3U);
  EXPECT_EQ(pools[0].total, 4U);
  EXPECT_EQ(pools[0].open, -1);
  EXPECT_EQ(pools[1].open, 5);
  EXPECT_EQ(pools[1].scheduled, 6U);
  EXPECT_EQ(pools[2].total, std::nullopt);
  EXPECT_EQ(pools[2].open, std::nullopt);
  EXPECT_EQ(pools[2].running, 9007199254740992U);
}

TEST(ReadPools, SumsUpTheRestAsOther) {
  std::vector<DatabaseRow> rows = TooMany();
  auto pools = ReadPools(rows);
  ASSERT_EQ(pools.size(), MetadataObservation::kMostPools + 1);
  EXPECT_EQ(pools.front().pool, "p0");
  EXPECT_EQ(pools.front().open, 7);
  EXPECT_EQ(pools.back().pool, "other");
  EXPECT_EQ(pools.back().total, 30U);
  EXPECT_EQ(pools.back().running, 6U);
  EXPECT_EQ(pools.back().deferred, 3U);
  EXPECT_EQ(pools.back().open, 21);

  rows.push_back(MakeRow("pool", {"endless"}, {"-1", "0"}));
  rows.push_back(MakeRow("pool", {"last"}, {"10", "0"}));
  pools = ReadPools(rows);
  EXPECT_EQ(pools.back().total, std::nullopt);
  EXPECT_EQ(pools.back().open, std::nullopt);
  EXPECT_EQ(pools.back().running, 6U);
}

TEST(ReadPools, NamesOtherOnce) {
  std::vector<DatabaseRow> rows = TooMany();
  rows.insert(rows.begin(), MakeRow("pool", {"other"}, {"5", "0"}));
  const auto pools = ReadPools(rows);
  ASSERT_EQ(pools.size(), MetadataObservation::kMostPools);
  EXPECT_EQ(pools.front().pool, "other");
  EXPECT_EQ(pools.front().total, 5U + 40U);
}

}  // namespace
}  // namespace airflow_host
