#include <gtest/gtest.h>

#include "exporter/sampler.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{seconds(100)};

TEST(Pace, KeepsItsGridWhateverAnAttemptTakes) {
  Pace pace(kStart, seconds(5));
  EXPECT_EQ(pace.due(), kStart);
  pace.Next(kStart + milliseconds(1200), false, 0.9);
  EXPECT_EQ(pace.due(), kStart + seconds(5));
  pace.Next(kStart + seconds(5), false, 0.9);
  EXPECT_EQ(pace.due(), kStart + seconds(10));
}

TEST(Pace, DoesNotMakeUpForWhatAFrozenHostMissed) {
  Pace pace(kStart, seconds(1));
  pace.Next(kStart + milliseconds(60'400), false, 0);
  EXPECT_EQ(pace.due(), kStart + seconds(61));
}

TEST(Pace, AsksAFailingSourceALittleLaterAndThenReturnsToItsGrid) {
  Pace pace(kStart, seconds(10));
  pace.Next(kStart, true, 0.5);
  EXPECT_EQ(pace.due(), kStart + milliseconds(10'500));
  pace.Next(pace.due(), true, 1);
  EXPECT_EQ(pace.due(), kStart + seconds(21));
  pace.Next(pace.due(), false, 1);
  EXPECT_EQ(pace.due(), kStart + seconds(30));
}

}  // namespace
}  // namespace airflow_host
