#include "collectors/container/cgroup_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::microseconds;

TEST(ParseMemoryStatV2, TakesItsFieldsAndNoOthers) {
  const MemoryStat stat = ParseMemoryStatV2(
      "anon 735051776\nfile 46141440\nkernel 31477760\nshmem 5\ninactive_anon 1\n"
      "inactive_file 20979712\nslab_reclaimable 8400896\nslab_unreclaimable 9453568\nslab 3\n"
      "total_rss 4\nhierarchical_memory_limit 5\nnew_in_linux_9 1\n");
  EXPECT_EQ(stat.anon, 735051776U);
  EXPECT_EQ(stat.file, 46141440U);
  EXPECT_EQ(stat.kernel, 31477760U);
  EXPECT_EQ(stat.inactive_file, 20979712U);
  EXPECT_EQ(stat.slab_reclaimable, 8400896U);
  EXPECT_EQ(stat.slab_unreclaimable, 9453568U);
  EXPECT_EQ(stat.swap, std::nullopt);
  EXPECT_EQ(stat.memory_limit, std::nullopt);
}

TEST(ParseMemoryStatV2, LeavesEmptyWhatAnOlderKernelLacks) {
  const MemoryStat stat = ParseMemoryStatV2("anon 1\nfile 2\n");
  EXPECT_EQ(stat.anon, 1U);
  EXPECT_EQ(stat.kernel, std::nullopt);
  EXPECT_EQ(stat.slab_reclaimable, std::nullopt);
}

TEST(ParseMemoryStatV1, TakesTheHierarchicalFields) {
  const MemoryStat stat = ParseMemoryStatV1(
      "cache 9940992\nrss 13803520\nswap 1\ninactive_file 40960\n"
      "hierarchical_memory_limit 805306368\nhierarchical_memsw_limit 1610612736\n"
      "total_cache 697610240\ntotal_rss 93216768\ntotal_swap 4096\ntotal_inactive_file "
      "518463488\n");
  EXPECT_EQ(stat.file, 697610240U);
  EXPECT_EQ(stat.anon, 93216768U);
  EXPECT_EQ(stat.swap, 4096U);
  EXPECT_EQ(stat.inactive_file, 518463488U);
  EXPECT_EQ(stat.memory_limit, 805306368U);
  EXPECT_EQ(stat.memory_and_swap_limit, 1610612736U);
}

TEST(ParseMemoryStatV1, KnowsNoLimitFromALimit) {
  const MemoryStat stat = ParseMemoryStatV1("hierarchical_memory_limit 9223372036854771712\n");
  EXPECT_EQ(stat.memory_limit, std::nullopt);
}

TEST(ParseMemoryStat, PassesOverWhatIsNoPairOfKeyAndNumber) {
  for (const std::string& wrong :
       {std::string("anon\n"), std::string("anon -1\n"), std::string("anon 1x\n"),
        std::string("anon 18446744073709551616\n"), std::string("anon \0 1\n", 9),
        std::string("an"), std::string("\n\n\n"), std::string()}) {
    EXPECT_EQ(ParseMemoryStatV2(wrong).anon, std::nullopt) << wrong;
  }
  EXPECT_EQ(ParseMemoryStatV2("garbage\nanon 7").anon, 7U);
}

TEST(ParseMemoryEvents, TakesV2AndV1) {
  ContainerMemoryEvents events;
  ParseMemoryEvents("low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n", events);
  EXPECT_EQ(events.low, 1U);
  EXPECT_EQ(events.high, 2U);
  EXPECT_EQ(events.max, 3U);
  EXPECT_EQ(events.oom, 4U);
  EXPECT_EQ(events.oom_kill, 5U);
  EXPECT_EQ(events.fail, std::nullopt);
  ContainerMemoryEvents old;
  old.max = 9;
  ParseMemoryEvents("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", old);
  EXPECT_EQ(old.oom_kill, 1U);
  EXPECT_EQ(old.oom, std::nullopt);
  EXPECT_EQ(old.max, 9U);
}

TEST(ParseSwapFailures, TakesFailAlone) {
  EXPECT_EQ(ParseSwapFailures("high 1\nmax 2\nfail 3\n"), 3U);
  EXPECT_EQ(ParseSwapFailures("high 1\nmax 2\n"), std::nullopt);
}

TEST(ParseLimitFile, TellsLimitsFromNone) {
  EXPECT_EQ(ParseLimitFile("805306368\n"), 805306368U);
  EXPECT_EQ(ParseLimitFile("0\n"), 0U);
  for (const char* none : {"max\n", "9223372036854771712\n", "9223372036854710272\n",
                           "18446744073709551615\n", "-1\n", "", "\n", "12 34\n"}) {
    EXPECT_EQ(ParseLimitFile(none), std::nullopt) << none;
  }
}

TEST(ParseProcessIds, AddsOnePerLine) {
  std::vector<std::uint64_t> ids = {1};
  ParseProcessIds("2101\n0\nx\n\n2160", ids);
  EXPECT_THAT(ids, testing::ElementsAre(1, 2101, 0, 2160));
}

}  // namespace
}  // namespace airflow_host
