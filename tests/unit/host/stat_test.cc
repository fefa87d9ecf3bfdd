#include "collectors/host/stat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace airflow_host {
namespace {

std::optional<Seconds> TimeOf(const CpuTimes& times, std::string_view mode) {
  const auto found = std::find(kCpuModes.begin(), kCpuModes.end(), mode);
  return times.at(static_cast<std::size_t>(found - kCpuModes.begin()));
}

TEST(ParseStat, SumsUpWhatTheKernelSums) {
  const KernelStat stat = ParseStat(
      "cpu  4202667 9040 1201888 80319896 899776 1 51320 117403 5 6\n"
      "cpu0 2101656 4560 601655 40116552 451656 0 20116 59170 0 0\n"
      "cpu1 2101011 4480 600233 40203344 448120 1 31204 58233 5 6\n"
      "intr 1 2 3\nctxt 5\nbtime 1731800334\nprocesses 5\nprocs_running 2\nprocs_blocked 3\n",
      100);
  EXPECT_EQ(stat.cpus, 2U);
  EXPECT_EQ(stat.processes_blocked, 3U);
  ASSERT_TRUE(stat.boot_time);
  EXPECT_EQ(SecondsSinceEpoch(*stat.boot_time), 1731800334);
  const std::pair<const char*, double> expected[] = {
      {"user", 42026.67},  {"nice", 90.40}, {"system", 12018.88}, {"idle", 803198.96},
      {"iowait", 8997.76}, {"irq", 0.01},   {"softirq", 513.20},  {"steal", 1174.03}};
  for (const auto& [mode, seconds] : expected) {
    ASSERT_TRUE(TimeOf(stat.cpu_times, mode)) << mode;
    EXPECT_DOUBLE_EQ(TimeOf(stat.cpu_times, mode)->count(), seconds) << mode;
  }
}

TEST(ParseStat, UsesTheTickOfTheKernel) {
  EXPECT_EQ(TimeOf(ParseStat("cpu 512\n", 1024).cpu_times, "user"), Seconds(0.5));
  EXPECT_EQ(TimeOf(ParseStat("cpu 512\n", 0).cpu_times, "user"), std::nullopt);
}

TEST(ParseStat, LeavesWhatOldKernelsLackEmpty) {
  const KernelStat stat = ParseStat("cpu 1 2 3 4\n", 100);
  EXPECT_EQ(TimeOf(stat.cpu_times, "idle"), Seconds(0.04));
  EXPECT_EQ(TimeOf(stat.cpu_times, "iowait"), std::nullopt);
  EXPECT_EQ(TimeOf(stat.cpu_times, "steal"), std::nullopt);
  EXPECT_EQ(stat.cpus, std::nullopt);
  EXPECT_EQ(stat.boot_time, std::nullopt);
}

TEST(ParseStat, LeavesWhatItCannotReadEmpty) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      "",
      "cpu",
      "cpu\n",
      "cpu x\nbtime x\nprocs_blocked x\n",
      "cpu -1\nbtime -1\nprocs_blocked -1\n",
      "cpu 12",
      "btime 17318",
      "procs_blocked 1",
      "btime 0\n",                     // A host that does not know.
      "btime 18446744073709551615\n",  // Does not fit into a time.
      "cpu 99999999999999999999\n",
      "procs_blocked 1\0\n"s,
      "cpux 1\n",
  };
  for (const std::string& text : cases) {
    const KernelStat stat = ParseStat(text, 100);
    EXPECT_EQ(TimeOf(stat.cpu_times, "user"), std::nullopt) << text;
    EXPECT_EQ(stat.cpus, std::nullopt) << text;
    EXPECT_EQ(stat.boot_time, std::nullopt) << text;
    EXPECT_EQ(stat.processes_blocked, std::nullopt) << text;
  }
}

TEST(WithoutSmallFalls, HoldsATimeThatFellALittle) {
  CpuTimes before;
  before[3] = Seconds(100);
  CpuTimes now;
  now[3] = Seconds(98.5);
  EXPECT_EQ(WithoutSmallFalls(before, now)[3], Seconds(100));
  now[3] = Seconds(100.5);
  EXPECT_EQ(WithoutSmallFalls(before, now)[3], Seconds(100.5));
}

TEST(WithoutSmallFalls, BelievesALargeFallAndKeepsTheUnknownUnknown) {
  CpuTimes before;
  before[3] = Seconds(100);
  before[4] = Seconds(5);
  CpuTimes now;
  now[3] = Seconds(96.9);
  now[0] = Seconds(1);
  const CpuTimes times = WithoutSmallFalls(before, now);
  EXPECT_EQ(times[3], Seconds(96.9));
  EXPECT_EQ(times[4], std::nullopt);
  EXPECT_EQ(times[0], Seconds(1));
}

}  // namespace
}  // namespace airflow_host
