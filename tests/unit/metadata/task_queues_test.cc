#include "collectors/metadata/task_queues.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace airflow_host {
namespace {

std::optional<std::uint64_t> CountOf(const std::vector<TaskInstanceCount>& counts,
                                     std::string_view state, std::string_view queue,
                                     std::string_view executor = "") {
  std::optional<std::uint64_t> found;
  for (const TaskInstanceCount& row : counts) {
    if (row.state != state || row.queue != queue || row.executor != executor) continue;
    EXPECT_FALSE(found) << "twice: " << state << " " << queue;
    found = row.count;
  }
  return found;
}

TEST(TaskQueues, KnowsZeroBeforeAnyQueue) {
  TaskQueues queues;
  queues.Learn({});
  const auto counts = queues.Counts({});
  EXPECT_EQ(counts.size(), kActiveStates.size());
  EXPECT_EQ(CountOf(counts, "running", ""), 0U);
}

TEST(TaskQueues, KeepsAQueueThatRanEmpty) {
  TaskQueues queues;
  const std::vector<TaskInstanceGroup> busy = {{"queued", "big", "K", 3, std::nullopt},
                                               {"success", "big", "K", 9, std::nullopt}};
  queues.Learn(busy);
  EXPECT_EQ(CountOf(queues.Counts(busy), "queued", "big", "K"), 3U);
  EXPECT_EQ(CountOf(queues.Counts(busy), "running", "big", "K"), 0U);
  EXPECT_EQ(CountOf(queues.Counts(busy), "queued", ""), std::nullopt);
  queues.Learn({});
  const auto counts = queues.Counts({});
  EXPECT_EQ(counts.size(), kActiveStates.size());
  EXPECT_EQ(CountOf(counts, "queued", "big", "K"), 0U);
}

TEST(TaskQueues, CountsTheRestAsOtherAndReusesEmptyPlaces) {
  TaskQueues queues;
  std::vector<TaskInstanceGroup> groups;
  for (std::size_t number = 0; number < TaskQueues::kLimit + 5; ++number) {
    groups.push_back({"running", "q" + std::to_string(number), "", 2,
                      FromSecondsSinceEpoch(1000.0 - static_cast<double>(number))});
  }
  queues.Learn(groups);
  const auto counts = queues.Counts(groups);
  EXPECT_EQ(counts.size(), (TaskQueues::kLimit + 1) * kActiveStates.size());
  EXPECT_EQ(CountOf(counts, "running", "other", "other"), 10U);
  EXPECT_EQ(CountOf(counts, "running", "q54"), std::nullopt);
  const auto oldest = queues.Oldest(groups);
  const auto other = std::find_if(oldest.begin(), oldest.end(),
                                  [](const auto& row) { return row.queue == "other"; });
  ASSERT_NE(other, oldest.end());
  EXPECT_EQ(other->since, FromSecondsSinceEpoch(946));

  groups.erase(groups.begin());  // q0 ran empty: one of the others takes its place
  queues.Learn(groups);
  EXPECT_EQ(CountOf(queues.Counts(groups), "running", "q50"), 2U);
  EXPECT_EQ(CountOf(queues.Counts(groups), "running", "other", "other"), 8U);
}

TEST(TaskQueues, CountsWhatIsQueuedBeyondTheGraceWithItsQueue) {
  TaskQueues queues;
  std::vector<TaskInstanceGroup> groups;
  for (std::size_t number = 0; number < TaskQueues::kLimit + 3; ++number) {
    groups.push_back({"queued", "q" + std::to_string(number), "", 5, std::nullopt, number % 2});
  }
  queues.Learn(groups);
  const auto beyond = [counts = queues.Counts(groups)](std::string_view queue) {
    const auto row = std::find_if(counts.begin(), counts.end(), [&](const auto& count) {
      return count.state == "queued" && count.queue == queue;
    });
    return row == counts.end() ? 999 : row->queued_beyond_grace;
  };
  EXPECT_EQ(beyond("q0"), 0U);
  EXPECT_EQ(beyond("q1"), 1U);
  EXPECT_EQ(beyond("other"), 1U);  // q50, q51 and q52
}

TEST(TaskQueues, OldestIsTheOldestOfAllExecutors) {
  TaskQueues queues;
  const std::vector<TaskInstanceGroup> groups = {
      {"queued", "q", "", 1, FromSecondsSinceEpoch(200)},
      {"queued", "q", "K", 1, FromSecondsSinceEpoch(100)},
      {"running", "q", "", 1, std::nullopt}};
  queues.Learn(groups);
  const auto oldest = queues.Oldest(groups);
  ASSERT_EQ(oldest.size(), 1U);
  EXPECT_EQ(oldest[0].state, "queued");
  EXPECT_EQ(oldest[0].since, FromSecondsSinceEpoch(100));
}

}  // namespace
}  // namespace airflow_host
