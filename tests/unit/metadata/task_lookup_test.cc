#include "collectors/metadata/task_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace airflow_host {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Id(unsigned number) {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "0198c6a2-5f7e-7cc1-a6b4-%012x", number);
  return text.data();
}

SteadyTime At(SteadyTime::duration since) { return SteadyTime{} + minutes(60) + since; }

TaskRow RowOf(const std::string& id) {
  TaskRow row;
  row.task_instance_id = id;
  return row;
}

TEST(IsTaskInstanceId, TakesUuidsInLowerCaseOnly) {
  EXPECT_TRUE(IsTaskInstanceId("0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10"));
  const std::string_view wrong[] = {"",
                                    "0198C6A2-5F7E-7CC1-A6B4-2F0F3C1D9E10",
                                    "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e1",
                                    "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e100",
                                    "0198c6a25f7e7cc1a6b42f0f3c1d9e10",
                                    "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e1'",
                                    "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e1g",
                                    "0198c6a2-5f7e-7cc1-a6b4x2f0f3c1d9e10",
                                    "-198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10",
                                    "}'::uuid[])) UNION SELECT 1; DROP --",
                                    std::string_view("0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e1\0", 36)};
  for (const std::string_view text : wrong) EXPECT_FALSE(IsTaskInstanceId(text)) << text;
}

TEST(TaskLookup, AsksForWhatIsWantedUntilItIsFound) {
  TaskLookup lookup;
  lookup.Want(Id(1), At(seconds(0)));
  lookup.Want("airflow", At(seconds(0)));
  lookup.Want(Id(2), At(seconds(1)));
  const auto asked = lookup.Take(10, At(seconds(2)));
  EXPECT_THAT(asked, ElementsAre(Id(2), Id(1)));
  // A statement that failed is no answer: the next one asks again.
  EXPECT_THAT(lookup.Take(10, At(seconds(3))), SizeIs(2));
  lookup.Answered(asked, std::vector{RowOf(Id(2)), RowOf(Id(7)), RowOf("")}, At(seconds(3)));
  EXPECT_THAT(lookup.Take(10, At(seconds(4))), ElementsAre(Id(1)));
}

TEST(TaskLookup, GivesUpForAWhile) {
  TaskLookup lookup;
  for (int round = 0; round < TaskLookup::kMostTimes; ++round) {
    lookup.Want(Id(1), At(seconds(round)));
    const auto asked = lookup.Take(10, At(seconds(round)));
    EXPECT_THAT(asked, ElementsAre(Id(1)));
    lookup.Answered(asked, {}, At(seconds(round)));
  }
  // However often it is wanted.
  for (int second = 3; second < 600; ++second) {
    lookup.Want(Id(1), At(seconds(second)));
    EXPECT_THAT(lookup.Take(10, At(seconds(second))), IsEmpty()) << second;
  }
  lookup.Want(Id(1), At(seconds(603)));
  EXPECT_THAT(lookup.Take(10, At(seconds(603))), ElementsAre(Id(1)));
}

TEST(TaskLookup, ForgetsWhatNobodyWantsAnyMore) {
  TaskLookup lookup;
  lookup.Want(Id(1), At(seconds(0)));
  EXPECT_THAT(lookup.Take(10, At(TaskLookup::kPatience)), SizeIs(1));
  EXPECT_THAT(lookup.Take(10, At(TaskLookup::kPatience + seconds(1))), IsEmpty());
}

TEST(TaskLookup, TakesNewOnesBeforeThoseThatWereAskedForInVain) {
  TaskLookup lookup;
  lookup.Want(Id(1), At(seconds(0)));
  const auto asked = lookup.Take(10, At(seconds(0)));
  lookup.Answered(asked, {}, At(seconds(0)));
  lookup.Want(Id(1), At(seconds(5)));
  lookup.Want(Id(2), At(seconds(4)));
  lookup.Want(Id(3), At(seconds(3)));
  EXPECT_THAT(lookup.Take(2, At(seconds(5))), ElementsAre(Id(2), Id(3)));
  EXPECT_THAT(lookup.Take(0, At(seconds(5))), IsEmpty());
}

TEST(TaskLookup, KeepsTheLatestOfTooMany) {
  TaskLookup lookup;
  constexpr unsigned kMore = 50;
  for (unsigned number = 0; number < TaskLookup::kMostIds + kMore; ++number) {
    lookup.Want(Id(number), At(std::chrono::milliseconds(number)));
  }
  const auto asked = lookup.Take(10'000, At(seconds(2)));
  EXPECT_THAT(asked, SizeIs(TaskLookup::kMostIds));
  EXPECT_THAT(asked, ::testing::Not(::testing::Contains(Id(kMore - 1))));
  EXPECT_THAT(asked, ::testing::Contains(Id(kMore)));
}

}  // namespace
}  // namespace airflow_host
