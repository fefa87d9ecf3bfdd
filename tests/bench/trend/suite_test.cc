// A small sample of the suite with fixed seeds, so that a change that judges worse is seen. The
// rates asked for leave room for the few runs; the aims themselves are measured by trend_bench.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/bench/trend/csv.h"
#include "tests/bench/trend/traces.h"
#include "tests/bench/trend/trial.h"

namespace airflow_host::bench {
namespace {

constexpr std::uint64_t kSeed = 11;

/// The suite has no threads, and the thread sanitizer makes it forty times as slow.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kRuns = 1;
#else
constexpr std::size_t kRuns = 4;
#endif

Tally RunNamed(const std::string& name) {
  for (const Scenario& scenario : Suite()) {
    if (scenario.name == name) return Run(scenario, kRuns, kSeed);
  }
  ADD_FAILURE() << "the suite has no trace of the name " << name;
  return {};
}

double FalseAlarmsPerThousand(const WindowTally& tally) {
  EXPECT_GT(tally.judged, 0U);
  return 1000 * static_cast<double>(tally.growing) / static_cast<double>(tally.judged);
}

double Median(std::vector<double> values) {
  if (values.empty()) return 1e9;
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

TEST(TrendSuite, RaisesFewFalseAlarms) {
  for (const char* const name :
       {"flat, autocorrelated noise", "flat, spikes only in the last 2 h of 8",
        "warm-up of 200 MB, then flat", "step of 100 MB"}) {
    const Tally tally = RunNamed(name);
    for (const WindowTally& window : tally.windows) {
      EXPECT_LE(FalseAlarmsPerThousand(window), 30) << name;
    }
    EXPECT_EQ(tally.wrong_kind, 0U) << name;
  }
}

TEST(TrendSuite, TakesNoPageCacheForALeak) {
  const Tally tally = RunNamed("page cache growth only (100 MB/h)");
  for (const WindowTally& window : tally.windows) {
    EXPECT_LE(FalseAlarmsPerThousand(window), 30);
    EXPECT_GT(window.derived_growth, window.predictions * 9 / 10);  // deriv(usage) does.
  }
}

TEST(TrendSuite, FindsALeakAndItsEnd) {
  const Tally tally = RunNamed("leak of 20 MB/h, task spikes");
  EXPECT_EQ(tally.found, tally.runs);
  EXPECT_LE(*std::max_element(tally.found_after.begin(), tally.found_after.end()), 6 * 3600);
  EXPECT_LE(Median(tally.windows[1].slope_errors), 0.1);
  ASSERT_GT(tally.exhaustions, 0U);
  EXPECT_GE(tally.covered * 10, tally.exhaustions * 9);
}

TEST(TrendSuite, FindsAFastLeakWithinTheHour) {
  const Tally tally = RunNamed("leak of 200 MB/h");
  ASSERT_EQ(tally.windows[0].found_after.size(), tally.runs);
  EXPECT_LE(*std::max_element(tally.found_after.begin(), tally.found_after.end()), 3600);
  EXPECT_LE(Median(tally.windows[0].slope_errors), 0.1);
}

TEST(TrendSuite, FindsALeakBetweenRestarts) {
  const Tally tally = RunNamed("leak of 60 MB/h, restarted each 90 min");
  EXPECT_EQ(tally.found, tally.runs);
  EXPECT_LE(Median(tally.windows[0].slope_errors), 0.15);
}

TEST(TrendSuite, FindsALeakInSlab) {
  const Tally tally = RunNamed("leak of 20 MB/h in slab");
  EXPECT_EQ(tally.found, tally.runs);
  EXPECT_LE(Median(tally.windows[1].slope_errors), 0.1);
}

TEST(ParseCsv, ReadsSecondsAndBytes) {
  const CsvTrace trace = ParseCsv("seconds,bytes\n0,100\r\n15, 2e9\n\n10,5\n30,x\n30,-1\n45,7");
  const std::vector<std::pair<double, double>> expected = {{0, 100}, {15, 2e9}, {45, 7}};
  EXPECT_EQ(trace.samples, expected);
  EXPECT_EQ(trace.refused, 5U);
}

}  // namespace
}  // namespace airflow_host::bench
