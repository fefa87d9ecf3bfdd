// The parsers of /proc/PID/status and cgroup.
#include <gtest/gtest.h>

#include <string>

#include "collectors/component/component_totals.h"
#include "collectors/component/process_cgroup.h"
#include "collectors/component/process_limits.h"
#include "collectors/component/process_status.h"
#include "collectors/component/smaps_rollup.h"

namespace airflow_host {
namespace {

TEST(ParseProcessStatus, ReadsBytes) {
  const ProcessMemory memory = ParseProcessStatus(
      "Name:\tairflow\nVmPeak:\t  300000 kB\nVmRSS:\t  210944 kB\nRssAnon:\t  181204 kB\n"
      "RssFile:\t   29740 kB\nRssShmem:\t       0 kB\nVmSwap:\t    1024 kB\nThreads:\t3\n");
  EXPECT_EQ(memory.rss, 210944U * 1024);
  EXPECT_EQ(memory.anonymous, 181204U * 1024);
  EXPECT_EQ(memory.file, 29740U * 1024);
  EXPECT_EQ(memory.shared, 0U);
  EXPECT_EQ(memory.swap, 1024U * 1024);
}

TEST(ParseProcessStatus, LeavesEmptyWhatIsMissing) {
  // A kernel thread; and a kernel before 4.5.
  EXPECT_EQ(ParseProcessStatus("Name:\tkthreadd\nState:\tS (sleeping)\nThreads:\t1\n").rss,
            std::nullopt);
  const ProcessMemory old = ParseProcessStatus("VmRSS:\t 5 kB\nVmSwap:\t 6 kB\n");
  EXPECT_EQ(old.rss, 5U * 1024);
  EXPECT_EQ(old.anonymous, std::nullopt);
  EXPECT_EQ(old.swap, 6U * 1024);
}

TEST(ParseProcessStatus, PassesOverNonsense) {
  for (const std::string& text :
       {std::string(), std::string("VmRSS:"), std::string("VmRSS: kB"), std::string("VmRSS: 5"),
        std::string("VmRSS: 5 MB"), std::string("VmRSS: -5 kB"),
        std::string("VmRSS: 18446744073709551615 kB"),
        std::string("VmRSS: 99999999999999999999 kB"), std::string("VmRSSx: 5 kB"),
        std::string("VmRSS:\0 5 kB", 13), std::string("\n\n\t\n")}) {
    EXPECT_EQ(ParseProcessStatus(text).rss, std::nullopt) << text;
  }
}

TEST(ParseSmapsRollup, ReadsBytes) {
  const SharedMemoryUse use = ParseSmapsRollup(
      "564ab97df000-7fffca8ef000 ---p 00000000 00:00 0                          [rollup]\n"
      "Rss:                1640 kB\nPss:                 199 kB\nPss_Dirty:           112 kB\n"
      "Pss_Anon:            112 kB\nPss_File:             87 kB\nPss_Shmem:             0 kB\n"
      "Shared_Clean:       1488 kB\nShared_Dirty:          0 kB\nPrivate_Clean:        40 kB\n"
      "Private_Dirty:       112 kB\nReferenced:         1640 kB\nSwapPss:               0 kB\n"
      "Locked:                0 kB\n");
  EXPECT_EQ(use.rss, 1640U * 1024);
  EXPECT_EQ(use.pss, 199U * 1024);
  EXPECT_EQ(use.PrivateBytes(), 152U * 1024);
}

TEST(ParseSmapsRollup, LeavesEmptyWhatIsMissingOrNonsense) {
  for (const std::string& text :
       {std::string(), std::string("Pss:"), std::string("Pss: kB"), std::string("Pss: 5 MB"),
        std::string("Pss: -5 kB"), std::string("Pss: 18446744073709551615 kB"),
        std::string("Pss: 18014398509481984 kB"), std::string("Pss_Anon: 5 kB"),
        std::string("Pss:\0 5 kB", 10), std::string("Private_Dirty: 5 kB\nPss: 5"),
        std::string(60, '\0')}) {
    EXPECT_EQ(ParseSmapsRollup(text).pss, std::nullopt) << text;
    EXPECT_EQ(ParseSmapsRollup(text).PrivateBytes(), std::nullopt) << text;
  }
}

TEST(ParseOpenFilesLimit, ReadsTheSoftLimit) {
  const std::string begin =
      "Limit                     Soft Limit           Hard Limit           Units     \n"
      "Max cpu time              unlimited            unlimited            seconds   \n";
  EXPECT_EQ(
      ParseOpenFilesLimit(
          begin + "Max open files            1024                 524288               files \n"),
      1024U);
  for (const std::string& text :
       {std::string(), begin, begin + "Max open files", begin + "Max open files   ",
        begin + "Max open files            unlimited            unlimited            files\n",
        begin + "Max open files            99999999999999999999 1 files\n",
        begin + "Max open files            -1 1 files\n", std::string(60, '\0')}) {
    EXPECT_EQ(ParseOpenFilesLimit(text), std::nullopt) << text;
  }
}

TEST(ParseMemoryCgroup, TakesTheHierarchyThatHasTheMemoryController) {
  EXPECT_EQ(ParseMemoryCgroup("0::/system.slice/docker-a1.scope\n"),
            "/system.slice/docker-a1.scope");
  EXPECT_EQ(ParseMemoryCgroup("12:freezer:/\n9:memory:/docker/a1\n1:name=systemd:/docker/a2\n"),
            "/docker/a1");
  EXPECT_EQ(ParseMemoryCgroup("0::/unified\n9:hugetlb,memory:/docker/a1\n"), "/docker/a1");
  EXPECT_EQ(ParseMemoryCgroup("9:memory:/docker/a1\n0::/unified\n"), "/docker/a1");
  // Hybrid with the memory controller given to version 2.
  EXPECT_EQ(ParseMemoryCgroup("3:cpu,cpuacct:/x\n1:name=systemd:/y\n0::/z\n"), "/z");
}

TEST(ParseMemoryCgroup, KeepsColonsOfThePath) {
  EXPECT_EQ(ParseMemoryCgroup("0::/kubepods/pod:1/cri-containerd:a1"),
            "/kubepods/pod:1/cri-containerd:a1");
}

TEST(ParseMemoryCgroup, GivesNothingForNonsense) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("0:"), std::string("0::"),
        std::string("0::relative"), std::string("1:name=systemd:/x\n"), std::string("memory"),
        std::string("4:memoryx:/x\n"), std::string("5::/x\n"), std::string(20, '\0')}) {
    EXPECT_EQ(ParseMemoryCgroup(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace airflow_host
