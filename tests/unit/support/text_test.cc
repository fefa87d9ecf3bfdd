#include "collectors/support/text.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

TEST(TakeLine, GivesLinesWithAndWithoutALastNewline) {
  std::string_view text = "a\n\nb";
  EXPECT_EQ(TakeLine(text), "a");
  EXPECT_EQ(TakeLine(text), "");
  EXPECT_EQ(TakeLine(text), "b");
  EXPECT_EQ(TakeLine(text), std::nullopt);
}

TEST(TakeField, SkipsRunsOfSpacesAndTabs) {
  std::string_view text = "  /swapfile \t file\t";
  EXPECT_EQ(TakeField(text), "/swapfile");
  EXPECT_EQ(TakeField(text), "file");
  EXPECT_EQ(TakeField(text), std::nullopt);
}

TEST(Lower, LeavesAllButCapitalLetters) {
  EXPECT_EQ(Lower("CeleryExecutor[0]É"), "celeryexecutor[0]É");
  EXPECT_EQ(Lower(""), "");
}

TEST(ParseUnsigned, TakesWholeNumbersOnly) {
  EXPECT_EQ(ParseUnsigned("0"), 0U);
  EXPECT_EQ(ParseUnsigned("18446744073709551615"), 18446744073709551615U);
  for (const char* wrong : {"", " 1", "1 ", "+1", "-1", "18446744073709551616", "0x1", "1.0"}) {
    EXPECT_EQ(ParseUnsigned(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(ParseUnsigned(std::string_view("1\0", 2)), std::nullopt);
}

TEST(ParseSigned, TakesAMinus) {
  EXPECT_EQ(ParseSigned("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(ParseSigned("9223372036854775808"), std::nullopt);
  EXPECT_EQ(ParseSigned("--1"), std::nullopt);
}

TEST(ParseDecimal, RefusesWhatIsNotFinite) {
  EXPECT_EQ(ParseDecimal("0.25"), 0.25);
  EXPECT_EQ(ParseDecimal("-1e3"), -1000.0);
  for (const char* wrong : {"", "nan", "inf", "1e999", "1,5", "0.1 "}) {
    EXPECT_EQ(ParseDecimal(wrong), std::nullopt) << wrong;
  }
}

TEST(Multiply, RefusesOverflow) {
  EXPECT_EQ(Multiply(3, 1024), 3072U);
  EXPECT_EQ(Multiply(std::nullopt, 1024), std::nullopt);
  EXPECT_EQ(Multiply(UINT64_MAX, 1024), std::nullopt);
  EXPECT_EQ(Multiply(UINT64_MAX, 1), UINT64_MAX);
  EXPECT_EQ(Multiply(7, 0), 0U);
}

TEST(Printable, KeepsUtf8AndReplacesTheRest) {
  EXPECT_EQ(Printable("큐-default", 100), "큐-default");
  EXPECT_EQ(Printable("a\nb\x7f", 100), "a?b?");
  EXPECT_EQ(Printable(std::string_view("\0\xff\xc3", 3), 100), "???");
  EXPECT_EQ(Printable("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80", 100), "?????????");
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(Printable("aé", 2), "a");
  EXPECT_EQ(Printable("aé", 3), "aé");
  EXPECT_EQ(Printable("abc", 0), "");
}

}  // namespace
}  // namespace airflow_host
