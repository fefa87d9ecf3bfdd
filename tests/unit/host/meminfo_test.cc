#include "collectors/host/meminfo.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

TEST(ParseMeminfo, GivesBytes) {
  const Meminfo meminfo = ParseMeminfo(
      "MemTotal:        3963588 kB\nMemFree:          142908 kB\nMemAvailable:     590848 kB\n"
      "Buffers:           21832 kB\nCached:           612344 kB\nSwapCached:        48212 kB\n"
      "SwapTotal:       2097148 kB\nSwapFree:        1392636 kB\nAnonPages:       2654820 kB\n"
      "Shmem:             62988 kB\nSReclaimable:     121004 kB\nSUnreclaim:       110448 kB\n"
      "CommitLimit:     4078942 kB\nCommitted_AS:    6120448 kB\nHugePages_Total:       0\n");
  EXPECT_EQ(meminfo.total_bytes, 3963588U * 1024);
  EXPECT_EQ(meminfo.free_bytes, 142908U * 1024);
  EXPECT_EQ(meminfo.available_bytes, 590848U * 1024);
  EXPECT_EQ(meminfo.cached_bytes, 612344U * 1024);
  EXPECT_EQ(meminfo.swap_cached_bytes, 48212U * 1024);
  EXPECT_EQ(meminfo.swap_total_bytes, 2097148U * 1024);
  EXPECT_EQ(meminfo.swap_free_bytes, 1392636U * 1024);
  EXPECT_EQ(meminfo.anonymous_bytes, 2718535680U);
  EXPECT_EQ(meminfo.shared_bytes, 62988U * 1024);
  EXPECT_EQ(meminfo.slab_reclaimable_bytes, 121004U * 1024);
  EXPECT_EQ(meminfo.slab_unreclaimable_bytes, 110448U * 1024);
  EXPECT_EQ(meminfo.commit_limit_bytes, 4176836608U);
  EXPECT_EQ(meminfo.committed_bytes, 6267338752U);
}

TEST(ParseMeminfo, TellsZeroFromMissing) {
  const Meminfo meminfo = ParseMeminfo("SwapTotal:             0 kB\n");
  EXPECT_EQ(meminfo.swap_total_bytes, 0U);
  EXPECT_EQ(meminfo.swap_free_bytes, std::nullopt);
  EXPECT_EQ(meminfo.total_bytes, std::nullopt);
}

TEST(ParseMeminfo, LeavesWhatItCannotReadEmpty) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      "",
      "\n\n",
      "MemTotal:",
      "MemTotal: kB\n",
      "MemTotal: 123",                        // Cut in the middle of its number.
      "MemTotal: 123 k",                      // Cut in the unit.
      "MemTotal: 123 MB\n",                   // Another unit than the kernel's.
      "MemTotal: -1 kB\n",                    // No size.
      "MemTotal: 12a kB\n",                   //
      "MemTotal 123 kB\n",                    // No colon.
      "memtotal: 123 kB\n",                   //
      "XMemTotal: 123 kB\n",                  //
      "MemTotal: 1\0002 kB\n"s,               // A NUL byte in the number.
      "MemTotal:\0 123 kB\n"s,                // A NUL byte in the key.
      "MemTotal: 18446744073709551615 kB\n",  // Overflows in bytes.
      "MemTotal: 18446744073709551616 kB\n",  // Overflows as it stands.
  };
  for (const std::string& text : cases) {
    EXPECT_EQ(ParseMeminfo(text).total_bytes, std::nullopt) << text;
  }
}

TEST(ParseMeminfo, KeepsNumbersThatADoubleCannotHold) {
  // 2^53 + 1 bytes do not exist in kB, but 2^53 + 1024 do.
  EXPECT_EQ(ParseMeminfo("MemTotal: 8796093022209 kB\n").total_bytes, 9007199254742016U);
  EXPECT_EQ(ParseMeminfo("MemTotal: 18014398509481983 kB\n").total_bytes, 18446744073709550592U);
}

}  // namespace
}  // namespace airflow_host
