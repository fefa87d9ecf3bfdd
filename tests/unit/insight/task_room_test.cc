#include "exporter/insight/task_room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace airflow_host {
namespace {

constexpr double kMiB = 1024.0 * 1024;

TaskPlace Place(double available, double held_by_tasks = 0, std::uint64_t tasks = 0) {
  TaskPlace place;
  place.available = available * kMiB;
  place.held_by_tasks = held_by_tasks * kMiB;
  place.tasks = tasks;
  place.pool_workers = 16;
  return place;
}

TEST(TaskRoom, KeepsAReserve) {
  EXPECT_EQ(UsableBytes(-5 * kMiB), 0);
  EXPECT_EQ(UsableBytes(0), 0);
  EXPECT_EQ(UsableBytes(128 * kMiB), 0);
  EXPECT_EQ(UsableBytes(628 * kMiB), 500 * kMiB);
  EXPECT_EQ(UsableBytes(10000 * kMiB), 9000 * kMiB);
}

TEST(TaskRoom, DividesWhatIsLeftAmongTasksAndTheirPoolWorkers) {
  EXPECT_EQ(TasksAtOnce(Place(628), {250 * kMiB, 0}), 2U);
  EXPECT_EQ(TasksAtOnce(Place(627), {250 * kMiB, 0}), 1U);
  EXPECT_EQ(TasksAtOnce(Place(377), {250 * kMiB, 0}), 0U) << "a host that bears none says so";
  TaskPlace place = Place(628);
  place.held_by_pool = 160 * kMiB;  // They go where there are fewer.
  EXPECT_EQ(TasksAtOnce(place, {200 * kMiB, 10 * kMiB}), 3U);
}

TEST(TaskRoom, TasksThatRunAndGrowDoNotMoveIt) {
  const TaskCost cost{200 * kMiB, 0};
  const TaskPlace idle = Place(928);
  // Two tasks have grown to their size, and one has just begun.
  const TaskPlace grown = Place(528, 400, 2);
  const TaskPlace begun = Place(908, 20, 1);
  EXPECT_EQ(TasksAtOnce(idle, cost), 4U);
  EXPECT_EQ(TasksAtOnce(grown, cost), 4U);
  EXPECT_EQ(TasksAtOnce(begun, cost), 4U);
  EXPECT_EQ(AllTasks(idle, cost), 4U);
  EXPECT_EQ(AllTasks(grown, cost), 4U);
  EXPECT_EQ(AllTasks(begun, cost), 4U);
}

TEST(TaskRoom, BeyondItsPoolEachTaskBringsAPoolWorker) {
  TaskPlace place = Place(1128);
  place.pool_workers = 2;
  // 1000 of 1128 can be used (the reserve is 128): 2 * 200, and 600 / (200 + 100).
  EXPECT_EQ(AllTasks(place, {200 * kMiB, 100 * kMiB}), 4U);
  EXPECT_EQ(AllTasks(place, {200 * kMiB, 0}), 5U);
}

/// Any place that can be: a little, a lot, or nothing at all of everything.
class AnyRoom {
 public:
  TaskPlace Place() {
    TaskPlace place;
    place.available = Bytes();
    place.held_by_tasks = Bytes();
    place.held_by_pool = Bytes() / 8;
    place.tasks = random_() % 40;
    place.pool_workers = random_() % 40;
    return place;
  }
  TaskCost Cost() { return {1 + Bytes() / 16, Bytes() / 64}; }
  double Bytes() { return static_cast<double>(random_() % 4 == 0 ? 0 : random_() % 16384) * kMiB; }

 private:
  std::mt19937 random_{20260727};
};

TEST(TaskRoom, NeverRisesWhenMemoryShrinks) {
  AnyRoom any;
  for (int round = 0; round < 20'000; ++round) {
    const TaskPlace place = any.Place();
    const TaskCost cost = any.Cost();
    TaskPlace smaller = place;
    smaller.available -= any.Bytes();
    EXPECT_LE(TasksAtOnce(smaller, cost), TasksAtOnce(place, cost));
    EXPECT_LE(AllTasks(smaller, cost), AllTasks(place, cost));
    EXPECT_LE(UsableBytes(smaller.available), UsableBytes(place.available));
  }
}

TEST(TaskRoom, NeverRisesWhenTasksGrow) {
  AnyRoom any;
  for (int round = 0; round < 20'000; ++round) {
    const TaskPlace place = any.Place();
    const TaskCost cost = any.Cost();
    const TaskCost larger{cost.task + any.Bytes() / 16, cost.pool_worker + any.Bytes() / 64};
    EXPECT_LE(TasksAtOnce(place, larger), TasksAtOnce(place, cost));
    EXPECT_LE(AllTasks(place, larger), AllTasks(place, cost));
  }
}

}  // namespace
}  // namespace airflow_host
