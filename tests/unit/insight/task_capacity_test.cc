#include "exporter/insight/task_capacity.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::seconds;

constexpr seconds kPatience{20};

SteadyTime At(seconds since) { return SteadyTime{} + std::chrono::hours(10) + since; }

TaskCapacity Capacity(std::uint64_t per_worker, std::uint64_t together, std::uint64_t running = 0) {
  return {per_worker, together, running};
}

TEST(CapacityHistory, KnowsNothingWithoutSamples) {
  EXPECT_EQ(CapacityHistory().Usual(At(seconds(0)), kPatience), std::nullopt);
}

TEST(CapacityHistory, ASampleThatWasReadInTheMiddleOfAChangeDoesNotCount) {
  CapacityHistory history;
  history.Add(Capacity(4, 6), At(seconds(0)));
  EXPECT_EQ(history.Usual(At(seconds(0)), kPatience), Capacity(4, 6));
  for (int sample = 1; sample < 12; ++sample) {
    const bool torn = sample % 5 == 0;
    history.Add(torn ? Capacity(3, 5, 1) : Capacity(4, 6, 2), At(seconds(5 * sample)));
  }
  EXPECT_EQ(history.Usual(At(seconds(55)), kPatience), Capacity(4, 6, 2));
}

TEST(CapacityHistory, WhatLastsForAQuarterOfTheMinuteCounts) {
  CapacityHistory history;
  for (int sample = 0; sample < 12; ++sample) {
    history.Add(sample % 4 == 0 ? Capacity(1, 2) : Capacity(4, 6), At(seconds(5 * sample)));
  }
  EXPECT_EQ(history.Usual(At(seconds(55)), kPatience), Capacity(1, 2));
}

TEST(CapacityHistory, ForgetsAfterAMinuteAndDoesNotRepeatWhatIsOld) {
  CapacityHistory history;
  history.Add(Capacity(1, 1), At(seconds(0)));
  history.Add(Capacity(1, 1), At(seconds(5)));
  history.Add(Capacity(9, 9), At(seconds(66)));
  EXPECT_EQ(history.Usual(At(seconds(66)), kPatience), Capacity(9, 9));
  EXPECT_EQ(history.Usual(At(seconds(86)), kPatience), Capacity(9, 9));
  EXPECT_EQ(history.Usual(At(seconds(87)), kPatience), std::nullopt);
}

TEST(CapacityHistory, StaysBoundedHoweverOftenItIsFed) {
  CapacityHistory history;
  for (int sample = 0; sample < 1000; ++sample) history.Add(Capacity(1, 1), At(seconds(0)));
  for (int sample = 0; sample < 200; ++sample) history.Add(Capacity(2, 2), At(seconds(1)));
  EXPECT_EQ(history.Usual(At(seconds(1)), kPatience), Capacity(2, 2));
}

TEST(CapacityHistory, ForgetsAWorkerThatIsGone) {
  CapacityHistory history;
  history.Add(Capacity(4, 6), At(seconds(0)));
  history.Add({std::nullopt, 6, 0}, At(seconds(5)));
  EXPECT_EQ(history.Usual(At(seconds(5)), kPatience)->per_worker, std::nullopt);
  history.Add(Capacity(3, 6), At(seconds(10)));
  EXPECT_EQ(history.Usual(At(seconds(10)), kPatience)->per_worker, 3U);
}

}  // namespace
}  // namespace airflow_host
