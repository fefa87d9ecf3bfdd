// The judge of thrashing, fed with second after second of a host. The figures are those that real
// hosts showed: see each sequence.
#include "exporter/insight/thrash.h"

#include <gtest/gtest.h>

#include <functional>

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kMegabyte = 1e6;
constexpr std::uint64_t kGibibyte = 1ULL << 30U;

/// What happens in one second.
struct Second {
  double waited = 0;
  double swapped_in = 0;
  double swapped_out = 0;
  double major_faults = 0;
  double anonymous_refaults = 0;
  double file_refaults = 0;
};

/// A host of 4 GiB with 2 GiB of swap whose counters grow as it is told.
class Host {
 public:
  Host() {
    observation_.memory.total_bytes = 4 * kGibibyte;
    observation_.memory.available_bytes = kGibibyte;
    observation_.memory.swap_total_bytes = 2 * kGibibyte;
    observation_.memory.swap_free_bytes = kGibibyte;
    observation_.memory_pressure.some = Seconds(100);
    observation_.paging = {.swap_in_bytes = 1'000'000,
                           .swap_out_bytes = 2'000'000,
                           .major_page_faults = 1000,
                           .anonymous_refaults = 2000,
                           .file_refaults = 3000,
                           .oom_kills = 0};
  }

  /// Lets `duration` pass in steps of `cadence`, each as `second` says; the verdict at the end.
  std::optional<bool> Pass(seconds duration, const Second& second,
                           milliseconds cadence = seconds(1)) {
    for (milliseconds passed{0}; passed < duration; passed += cadence) {
      now_ += cadence;
      Grow(second, std::chrono::duration<double>(cadence).count());
      judge_.Absorb(observation_, now_);
    }
    return judge_.thrashing();
  }

  /// How many seconds of `second` it takes until the verdict is `verdict`; at most 100.
  int SecondsUntil(std::optional<bool> verdict, const Second& second) {
    for (int passed = 1; passed <= 100; ++passed) {
      if (Pass(seconds(1), second) == verdict) return passed;
    }
    return -1;
  }

  HostObservation& observation() { return observation_; }
  void Silence(seconds duration) { now_ += duration; }
  std::optional<bool> verdict() const { return judge_.thrashing(); }

 private:
  static void Add(std::optional<std::uint64_t>& counter, double more) {
    if (counter) *counter += static_cast<std::uint64_t>(more);
  }
  void Grow(const Second& second, double length) {
    auto& waited = observation_.memory_pressure.some;
    if (waited) *waited += Seconds(second.waited * length);
    PagingCounters& paging = observation_.paging;
    Add(paging.swap_in_bytes, second.swapped_in * length);
    Add(paging.swap_out_bytes, second.swapped_out * length);
    Add(paging.major_page_faults, second.major_faults * length);
    Add(paging.anonymous_refaults, second.anonymous_refaults * length);
    Add(paging.file_refaults, second.file_refaults * length);
  }

  HostObservation observation_;
  SteadyTime now_{std::chrono::hours(1)};
  ThrashJudge judge_;
};

/// Recorded: one process that touches 200 MB at random in a cgroup of 96 MB, swap on a fast SSD.
constexpr Second kThrashing = {.waited = 0.12,
                               .swapped_in = 18 * kMegabyte,
                               .swapped_out = 21 * kMegabyte,
                               .major_faults = 4400,
                               .anonymous_refaults = 4400,
                               .file_refaults = 250};
constexpr Second kQuiet = {};

TEST(ThrashJudge, SaysNothingBeforeTheWindowIsFull) {
  Host host;
  EXPECT_EQ(host.SecondsUntil(false, kQuiet), 11);
  Host busy;
  EXPECT_EQ(busy.Pass(seconds(10), kThrashing), std::nullopt);
}

TEST(ThrashJudge, SeesThrashingBeginAndEnd) {
  Host host;
  ASSERT_EQ(host.Pass(seconds(60), kQuiet), false);
  const int begins = host.SecondsUntil(true, kThrashing);
  EXPECT_GE(begins, 6);
  EXPECT_LE(begins, 15);
  EXPECT_EQ(host.Pass(seconds(300), kThrashing), true);
  const int ends = host.SecondsUntil(false, kQuiet);
  EXPECT_GE(ends, 30);
  EXPECT_LE(ends, 41);
  EXPECT_EQ(host.Pass(seconds(300), kQuiet), false);
}

TEST(ThrashJudge, SeesItOnASlowDisk) {
  // A hundred random reads a second is all that a burst-exhausted disk gives.
  Host host;
  host.Pass(seconds(20), kQuiet);
  EXPECT_EQ(host.Pass(seconds(20), {.waited = 0.9,
                                    .swapped_in = 400'000,
                                    .swapped_out = 350'000,
                                    .major_faults = 95,
                                    .anonymous_refaults = 90,
                                    .file_refaults = 30}),
            true);
}

TEST(ThrashJudge, DoesNotFlapWhereThrashingComesInWaves) {
  Host host;
  host.Pass(seconds(20), kQuiet);
  ASSERT_EQ(host.Pass(seconds(20), kThrashing), true);
  for (int wave = 0; wave < 10; ++wave) {
    host.Pass(seconds(20), kQuiet);
    EXPECT_EQ(host.verdict(), true) << wave;
    host.Pass(seconds(8), kThrashing);
    EXPECT_EQ(host.verdict(), true) << wave;
  }
}

TEST(ThrashJudge, OverlooksAMoment) {
  Host host;
  host.Pass(seconds(60), kQuiet);
  for (int second = 0; second < 3; ++second) host.Pass(seconds(1), kThrashing);
  for (int second = 0; second < 60; ++second) EXPECT_EQ(host.Pass(seconds(1), kQuiet), false);
}

struct Healthy {
  const char* what;
  Second second;
};

TEST(ThrashJudge, StaysCalmWhereMemoryOnlyMovesOneWay) {
  for (const auto& [what, second] : {
           Healthy{"a large file read again and again through the page cache",
                   {.waited = 0.35, .major_faults = 2000, .file_refaults = 90'000}},
           Healthy{"idle memory written out once",
                   {.waited = 0.2, .swapped_out = 200 * kMegabyte, .file_refaults = 500}},
           Healthy{"memory that comes back after the rush",
                   {.waited = 0.3,
                   .swapped_in = 60 * kMegabyte,
                   .major_faults = 9000,
                   .anonymous_refaults = 15'000}},
           Healthy{"cold pages changed against others, which nobody waits for",
                   {.waited = 0.005,
                   .swapped_in = 5 * kMegabyte,
                   .swapped_out = 5 * kMegabyte,
                   .major_faults = 900,
                   .anonymous_refaults = 1200}},
           Healthy{"a container at its limit that reads its own files again",
                   {.waited = 0.9, .major_faults = 8000, .file_refaults = 20'000}},
       }) {
    Host host;
    host.Pass(seconds(20), kQuiet);
    for (int second_of = 0; second_of < 120; ++second_of) {
      EXPECT_EQ(host.Pass(seconds(1), second), false) << what;
    }
  }
}

TEST(ThrashJudge, SeesAHostWithoutSwapReadItsProgramsAgainAndAgain) {
  constexpr Second kNoSwap = {.waited = 0.8, .major_faults = 3000, .file_refaults = 9000};
  Host host;
  host.observation().memory.swap_total_bytes = 0;
  host.observation().memory.swap_free_bytes = 0;
  host.observation().memory.available_bytes = kGibibyte / 10;
  host.Pass(seconds(20), kQuiet);
  EXPECT_EQ(host.Pass(seconds(20), kNoSwap), true);
  // The same with memory available is a file read through the cache.
  host.observation().memory.available_bytes = kGibibyte;
  EXPECT_EQ(host.Pass(seconds(60), kNoSwap), false);
  // A kernel built without swap has no counters of it either.
  Host without;
  without.observation().memory = host.observation().memory;
  without.observation().memory.available_bytes = kGibibyte / 10;
  without.observation().paging.swap_in_bytes.reset();
  without.observation().paging.swap_out_bytes.reset();
  without.Pass(seconds(20), kQuiet);
  EXPECT_EQ(without.Pass(seconds(20), kNoSwap), true);
}

TEST(ThrashJudge, TakesFullSwapForNone) {
  Host host;
  host.observation().memory.swap_free_bytes = kGibibyte / 16;
  host.observation().memory.available_bytes = kGibibyte / 10;
  host.Pass(seconds(20), kQuiet);
  EXPECT_EQ(
      host.Pass(
          seconds(20),
          {.waited = 0.8, .swapped_in = 100'000, .major_faults = 3000, .file_refaults = 9000}),
      true);
}

TEST(ThrashJudge, ManagesWithoutPressureInformation) {
  Host host;
  host.observation().memory_pressure.some.reset();
  EXPECT_EQ(host.Pass(seconds(20), kQuiet), false);
  EXPECT_EQ(host.Pass(seconds(20), kThrashing), true);
  EXPECT_EQ(host.Pass(seconds(60), kQuiet), false);
  // As much as passes for healthy where nothing tells whether anyone waits.
  EXPECT_EQ(host.Pass(seconds(60), {.swapped_in = 500'000,
                                    .swapped_out = 500'000,
                                    .major_faults = 120,
                                    .anonymous_refaults = 120}),
            false);
}

TEST(ThrashJudge, ManagesOnKernelsThatCountRefaultsOfFilesOnly) {
  Host host;
  host.observation().paging.anonymous_refaults.reset();
  host.Pass(seconds(20), kQuiet);
  Second thrashing = kThrashing;
  thrashing.file_refaults = 0;
  EXPECT_EQ(host.Pass(seconds(20), thrashing), true);
}

TEST(ThrashJudge, SaysNothingWhereTheKernelDoesNot) {
  Host without_refaults;
  without_refaults.observation().paging.file_refaults.reset();
  EXPECT_EQ(without_refaults.Pass(seconds(60), kThrashing), std::nullopt);
  Host without_swap_counters;
  without_swap_counters.observation().paging.swap_in_bytes.reset();
  EXPECT_EQ(without_swap_counters.Pass(seconds(60), kThrashing), std::nullopt);
  Host without_waiting;
  without_waiting.observation().memory_pressure.some.reset();
  without_waiting.observation().paging.major_page_faults.reset();
  EXPECT_EQ(without_waiting.Pass(seconds(60), kThrashing), std::nullopt);
  Host without_anything;
  without_anything.observation() = HostObservation{};
  EXPECT_EQ(without_anything.Pass(seconds(60), kQuiet), std::nullopt);
}

TEST(ThrashJudge, StartsAnewAfterCountersFell) {
  Host host;
  host.Pass(seconds(20), kQuiet);
  ASSERT_EQ(host.Pass(seconds(20), kThrashing), true);
  host.observation().paging.swap_in_bytes = 0;
  EXPECT_EQ(host.Pass(seconds(1), kThrashing), std::nullopt);
  EXPECT_EQ(host.SecondsUntil(true, kThrashing), 15);
}

TEST(ThrashJudge, BridgesAGapOfSecondsAndStartsAnewAfterALongOne) {
  Host host;
  host.Pass(seconds(20), kQuiet);
  ASSERT_EQ(host.Pass(seconds(20), kThrashing), true);
  host.Silence(seconds(20));
  EXPECT_EQ(host.Pass(seconds(1), kThrashing), true);
  host.Silence(seconds(121));
  EXPECT_EQ(host.Pass(seconds(1), kThrashing), std::nullopt);
}

TEST(ThrashJudge, WorksAtOtherCadences) {
  for (const milliseconds cadence : {milliseconds(100), milliseconds(3000), milliseconds(30'000)}) {
    Host host;
    EXPECT_EQ(host.Pass(seconds(120), kQuiet, cadence), false);
    EXPECT_EQ(host.Pass(seconds(120), kThrashing, cadence), true) << cadence.count();
    EXPECT_EQ(host.Pass(seconds(120), kQuiet, cadence), false) << cadence.count();
  }
}

}  // namespace
}  // namespace airflow_host
