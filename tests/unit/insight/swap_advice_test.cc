#include "exporter/insight/swap_advice.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

constexpr double kGibibyte = 1ULL << 30U;

std::uint64_t Gib(double gibibytes) { return static_cast<std::uint64_t>(gibibytes * kGibibyte); }

struct Case {
  double nominal;  ///< Gibibytes.
  double swap;     ///< The same.
};

TEST(RecommendedSwap, FollowsTheRuleInEachRangeAndAtItsBorders) {
  for (const auto& [nominal, swap] : {
           Case{0.25, 0.5}, Case{0.5, 1}, Case{1, 2}, Case{1.5, 3},  // Twice the memory,
           Case{2, 4},                                               // the border included.
           Case{2.5, 3.5}, Case{3, 3}, Case{3.5, 2.5},               // 6 GiB together.
           Case{4, 2},                                               // Here all agree.
           Case{5, 2.5}, Case{6, 3}, Case{7, 3.5},                   // Half of the memory,
           Case{8, 4},                                               // the border included.
           Case{9, 4}, Case{16, 4}, Case{64, 4}, Case{1024, 4},      // The most.
       }) {
    EXPECT_EQ(RecommendedSwap(Gib(nominal)), Gib(swap)) << nominal;
  }
}

TEST(RecommendedSwap, TakesHostsForWhatTheyWereSoldAs) {
  // MemTotal of a t3.nano, micro, small, medium and large, and of a c7i-flex.large.
  EXPECT_EQ(RecommendedSwap(467ULL << 20U), Gib(1));
  EXPECT_EQ(RecommendedSwap(952ULL << 20U), Gib(2));
  EXPECT_EQ(RecommendedSwap(1945ULL << 20U), Gib(4));
  EXPECT_EQ(RecommendedSwap(3963588ULL * 1024), Gib(2));
  EXPECT_EQ(RecommendedSwap(7820ULL << 20U), Gib(4));
  EXPECT_EQ(RecommendedSwap(3830ULL << 20U), Gib(2));
  // One byte on either side of a size is no other advice than that of the next size.
  EXPECT_EQ(RecommendedSwap(Gib(4) - 1), Gib(2));
  EXPECT_EQ(RecommendedSwap(Gib(2) - 1), Gib(4));
  EXPECT_EQ(RecommendedSwap(Gib(2) + 1), Gib(3.5));
  EXPECT_EQ(RecommendedSwap(Gib(8) + 1), Gib(4));
}

TEST(RecommendedSwap, HasNoGapAndNeverLessInAll) {
  // Along all sizes that are sold, a step of memory never moves the advice by more than a step of
  // twice that, and memory and swap together never shrink.
  std::uint64_t before = *RecommendedSwap(Gib(0.25));
  for (double size = 0.5; size <= 32; size += 0.25) {
    const std::uint64_t now = *RecommendedSwap(Gib(size));
    const std::uint64_t change = now > before ? now - before : before - now;
    EXPECT_LE(change, Gib(1)) << size;
    EXPECT_GE(now + NominalMemory(Gib(size)), before + NominalMemory(Gib(size - 0.25))) << size;
    before = now;
  }
}

TEST(RecommendedSwap, SaysNothingOfUnknownMemory) {
  EXPECT_EQ(RecommendedSwap(std::nullopt), std::nullopt);
  EXPECT_EQ(RecommendedSwap(0), std::nullopt);
  EXPECT_EQ(RecommendedSwap(1), Gib(0.5));
  EXPECT_EQ(RecommendedSwap(UINT64_MAX), Gib(4));
  EXPECT_EQ(RecommendedSwap((1ULL << 53U) + 1), Gib(4));
}

}  // namespace
}  // namespace airflow_host
