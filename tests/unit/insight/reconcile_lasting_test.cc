#include "exporter/insight/reconcile_lasting.h"

#include <gtest/gtest.h>

#include <vector>

namespace airflow_host {
namespace {

constexpr SteadyTime At(int seconds) { return SteadyTime{} + std::chrono::seconds(seconds); }

TEST(LastingMinimum, IsUnknownUntilTheFigureHasLasted) {
  LastingMinimum minimum;
  EXPECT_FALSE(minimum.Value().has_value());
  for (int seconds = 0; seconds < 60; seconds += 15) {
    minimum.Add(At(seconds), 5);
    EXPECT_FALSE(minimum.Value().has_value());
  }
  minimum.Add(At(60), 4);
  EXPECT_EQ(minimum.Value(), 4U);
}

TEST(LastingMinimum, IsZeroAtOnceAndForAsLongAsTheFigureIsRemembered) {
  LastingMinimum minimum;
  minimum.Add(At(0), -3);
  EXPECT_EQ(minimum.Value(), 0U);
  for (int seconds = 10; seconds <= 60; seconds += 10) {
    minimum.Add(At(seconds), 7);
    EXPECT_EQ(minimum.Value(), 0U) << seconds;
  }
  minimum.Add(At(70), 7);
  EXPECT_EQ(minimum.Value(), 7U);
  minimum.Add(At(80), 0);
  EXPECT_EQ(minimum.Value(), 0U);
}

TEST(LastingMinimum, TakesNoFewerThanThreePairs) {
  LastingMinimum minimum;
  minimum.Add(At(0), 5);
  minimum.Add(At(100), 5);
  EXPECT_FALSE(minimum.Value().has_value());
  minimum.Add(At(130), 5);
  EXPECT_EQ(minimum.Value(), 5U);
}

TEST(LastingMinimum, IsUnknownOnceItWasNotKnownForLong) {
  LastingMinimum minimum;
  minimum.Skip(At(0));
  EXPECT_FALSE(minimum.Value().has_value());
  for (int seconds = 0; seconds <= 60; seconds += 30) minimum.Add(At(seconds), 5);
  minimum.Skip(At(90));
  EXPECT_EQ(minimum.Value(), 5U);
  minimum.Skip(At(120));
  EXPECT_FALSE(minimum.Value().has_value());
}

TEST(LastingKeys, CountsWhatWasThereAllTheTime) {
  LastingKeys keys;
  for (int seconds = 0; seconds <= 60; seconds += 20) {
    std::vector<ReconcileKey> there = {1, 1, 2};
    if (seconds != 40) there.push_back(3);
    keys.Update(At(seconds), there);
    EXPECT_EQ(keys.lasting(), seconds == 60 ? 2U : 0U);
  }
  EXPECT_TRUE(keys.Lasts(2));
  EXPECT_FALSE(keys.Lasts(3));
  EXPECT_FALSE(keys.Lasts(4));
  EXPECT_EQ(keys.present(), 3U);
  keys.Update(At(80), std::vector<ReconcileKey>{2});
  EXPECT_EQ(keys.lasting(), 1U);
  EXPECT_EQ(keys.present(), 1U);
}

TEST(LastingKeys, RemembersNoMoreThanItsLimitAndThoseLongest) {
  LastingKeys keys;
  std::vector<ReconcileKey> there;
  for (ReconcileKey key = 5000; key < 5600; ++key) there.push_back(key);
  keys.Update(At(0), there);
  for (ReconcileKey key = 0; key < 5000; ++key) there.insert(there.begin(), key);
  keys.Update(At(30), there);
  keys.Update(At(60), there);
  EXPECT_EQ(keys.present(), LastingKeys::kMost);
  EXPECT_EQ(keys.lasting(), 600U);
}

}  // namespace
}  // namespace airflow_host
