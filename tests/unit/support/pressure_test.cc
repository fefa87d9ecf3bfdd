#include "collectors/support/pressure.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(ParsePressure, GivesSeconds) {
  const PressureTotals totals = ParsePressure(
      "some avg10=1.53 avg60=0.80 avg300=0.21 total=48120344\n"
      "full avg10=0.92 avg60=0.41 avg300=0.10 total=31004120\n");
  ASSERT_TRUE(totals.some && totals.full);
  EXPECT_DOUBLE_EQ(totals.some->count(), 48.120344);
  EXPECT_DOUBLE_EQ(totals.full->count(), 31.004120);
}

TEST(ParsePressure, KnowsThatCpuHadNoFullLine) {
  const PressureTotals totals = ParsePressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  EXPECT_EQ(totals.some, Seconds(0));
  EXPECT_EQ(totals.full, std::nullopt);
}

TEST(ParsePressure, IgnoresUnknownLinesAndFields) {
  const PressureTotals totals = ParsePressure("most total=7\nsome avg9=1 total=1000000 new=5\n");
  EXPECT_EQ(totals.some, Seconds(1));
  EXPECT_EQ(totals.full, std::nullopt);
}

TEST(ParsePressure, LeavesWhatItCannotReadEmpty) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      "",
      "some",
      "some\n",
      "some total=\n",
      "some total=x\n",
      "some total=-1\n",
      "some total=1.5\n",
      "some total=18446744073709551616\n",
      "some total=1\0\n"s,
      "some avg10=0.00 avg60=0.00 avg300=0.00 total=123",  // Cut: more digits may have followed.
      "some avg10=0.00 avg60=0.00 avg300=0.00\n",
      "sometotal=5\n",
  };
  for (const std::string& text : cases) {
    EXPECT_EQ(ParsePressure(text).some, std::nullopt) << text;
  }
}

}  // namespace
}  // namespace airflow_host
