#include "collectors/host/vmstat.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(ParseVmstat, GivesBytesForPages) {
  const PagingCounters counters = ParseVmstat(
      "nr_free_pages 35727\nworkingset_refault_anon 48213\nworkingset_refault_file 1840233\n"
      "pswpin 51204\npswpout 180311\npgmajfault 93012\noom_kill 3\n",
      4096);
  EXPECT_EQ(counters.swap_in_bytes, 51204U * 4096);
  EXPECT_EQ(counters.swap_out_bytes, 180311U * 4096);
  EXPECT_EQ(counters.major_page_faults, 93012U);
  EXPECT_EQ(counters.anonymous_refaults, 48213U);
  EXPECT_EQ(counters.file_refaults, 1840233U);
  EXPECT_EQ(counters.oom_kills, 3U);
}

TEST(ParseVmstat, UsesThePageSize) {
  EXPECT_EQ(ParseVmstat("pswpin 3\n", 65536).swap_in_bytes, 196608U);
}

TEST(ParseVmstat, TakesTheOneCounterOfOldKernelsForFiles) {
  const PagingCounters counters = ParseVmstat("workingset_refault 301223\npgmajfault 1\n", 4096);
  EXPECT_EQ(counters.file_refaults, 301223U);
  EXPECT_EQ(counters.anonymous_refaults, std::nullopt);
  EXPECT_EQ(counters.oom_kills, std::nullopt);
}

TEST(ParseVmstat, LeavesWhatItCannotReadEmpty) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      "",
      "pswpin",
      "pswpin\n",
      "pswpin \n",
      "pswpin x\n",
      "pswpin -1\n",
      "pswpin 1\0\n"s,
      "pswpin 12",                      // Cut: more digits may have followed.
      "pswpin_total 12\n",              //
      "pswpin 4503599627370496\n",      // 2^52 pages are 2^64 bytes.
      "pswpin 99999999999999999999\n",  //
  };
  for (const std::string& text : cases) {
    EXPECT_EQ(ParseVmstat(text, 4096).swap_in_bytes, std::nullopt) << text;
  }
}

TEST(ParseVmstat, KeepsTheLargestNumbers) {
  EXPECT_EQ(ParseVmstat("pswpin 4503599627370495\n", 4096).swap_in_bytes, 18446744073709547520U);
  EXPECT_EQ(ParseVmstat("pgmajfault 18446744073709551615\n", 4096).major_page_faults, UINT64_MAX);
}

}  // namespace
}  // namespace airflow_host
