// The parsers of /proc/PID/stat and of the boot time.
#include <gtest/gtest.h>

#include <string>

#include "collectors/support/boot_time.h"
#include "collectors/support/process_stat.h"

namespace airflow_host {
namespace {

constexpr std::string_view kStat =
    "4213 (airflow schedul) S 4190 4190 4190 0 -1 4194560 51234 0 12 0 8123 944 0 0 20 0 3 0 "
    "131105 "
    "3133440 358 18446744073709551615 1 1 0 0 0 0 0\n";

TEST(ParseProcessStat, ReadsTheFieldsThatWeUse) {
  const auto stat = ParseProcessStat(kStat);
  ASSERT_TRUE(stat) << stat.error().message;
  EXPECT_EQ(stat->comm, "airflow schedul");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent_pid, 4190);
  EXPECT_FALSE(stat->kernel_thread);
  EXPECT_EQ(stat->user_ticks, 8123U);
  EXPECT_EQ(stat->system_ticks, 944U);
  EXPECT_EQ(stat->threads, 3U);
  EXPECT_EQ(stat->start_ticks, 131105U);
}

TEST(ParseProcessStat, SplitsAtTheLastParenthesis) {
  const auto stat =
      ParseProcessStat("7 (a) R (b\n) 9) Z 1 1 1 0 -1 4194560 0 0 0 0 5 6 0 0 20 0 1 0 77 0 0 0\n");
  ASSERT_TRUE(stat) << stat.error().message;
  EXPECT_EQ(stat->comm, "a) R (b\n) 9");
  EXPECT_EQ(stat->state, 'Z');
  EXPECT_EQ(stat->start_ticks, 77U);
}

TEST(ParseProcessStat, KnowsKernelThreads) {
  const auto stat = ParseProcessStat(
      "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0 18446744073709551615\n");
  ASSERT_TRUE(stat);
  EXPECT_TRUE(stat->kernel_thread);
  EXPECT_EQ(stat->parent_pid, 0);
}

TEST(ParseProcessStat, EndsAtFieldTwentyTwo) {
  const auto stat = ParseProcessStat("7 (x) R 1 1 1 0 -1 4194560 0 0 0 0 5 6 0 0 20 0 1 0 77");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->start_ticks, 77U);
}

TEST(ParseProcessStat, RefusesWhatItCannotRead) {
  const std::string whole(kStat);
  for (const std::string& text :
       {std::string(), std::string("4213"), std::string(")("), std::string("1 (x)"),
        std::string("1 (x) S 1 1"), whole.substr(0, whole.find("131105")),
        std::string("7 (x) R -1 1 1 0 -1 4194560 0 0 0 0 5 6 0 0 20 0 1 0 77"),
        std::string("7 (x) R 99999999999 1 1 0 -1 4194560 0 0 0 0 5 6 0 0 20 0 1 0 77"),
        std::string("7 (x) R 1 1 1 0 -1 4194560 0 0 0 0 5 6 0 0 20 0 1 0 99999999999999999999"),
        std::string("7 (x) R 1 1 1 0 -1 4194560 0 0 0 0 5 6\0 0 0 20 0 1 0 77", 55),
        std::string(200, '\0')}) {
    const auto stat = ParseProcessStat(text);
    ASSERT_FALSE(stat) << text;
    EXPECT_EQ(stat.error().kind, ErrorKind::kMalformed);
    EXPECT_FALSE(stat.error().message.empty());
  }
}

TEST(ParseBootTime, FindsItsLine) {
  EXPECT_EQ(ParseBootTime("cpu  1 2 3\nbtime 1731800334\nprocesses 5\n"),
            FromSecondsSinceEpoch(1731800334));
  for (const char* text :
       {"", "cpu 1 2\n", "btime", "btime x\n", "btime -5\n", "btime 99999999999\n", "xbtime 5\n"}) {
    EXPECT_EQ(ParseBootTime(text), std::nullopt) << text;
  }
}

TEST(TimeOfTick, AddsTicksToTheBootTime) {
  ASSERT_EQ(TicksPerSecond(), 100U);
  const auto boot = FromSecondsSinceEpoch(1'000'000);
  EXPECT_EQ(TimeOfTick(boot, 250), boot + std::chrono::milliseconds(2500));
  EXPECT_EQ(TimeOfTick(std::nullopt, 250), std::nullopt);
  EXPECT_EQ(TimeOfTick(boot, UINT64_MAX), std::nullopt);
}

}  // namespace
}  // namespace airflow_host
