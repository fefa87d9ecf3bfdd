#include "collectors/oom/kmsg_record.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(KmsgRecord, HasAHeadAndAText) {
  const auto record = ParseKmsgRecord("6,418,2929333297,-;oom-kill:constraint=CONSTRAINT_MEMCG\n");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->from_kernel());
  EXPECT_EQ(record->sequence, 418U);
  EXPECT_EQ(record->logged.count(), 2'929'333'297);
  EXPECT_EQ(record->text, "oom-kill:constraint=CONSTRAINT_MEMCG");
}

TEST(KmsgRecord, TellsTheKernelFromPrograms) {
  EXPECT_TRUE(ParseKmsgRecord("7,1,2,-;x")->from_kernel());
  EXPECT_FALSE(ParseKmsgRecord("14,425,13437036615,-;forged")->from_kernel());
  EXPECT_EQ(ParseKmsgRecord("14,425,13437036615,-;forged")->facility, 1U);
  EXPECT_FALSE(ParseKmsgRecord("30,1,2,-;systemd")->from_kernel());
}

TEST(KmsgRecord, LeavesOutDictionaryLinesAndMoreFieldsOfTheHead) {
  const auto record =
      ParseKmsgRecord("6,339,5140900,-,caller=T1;NET: family 10\n SUBSYSTEM=net\n DEVICE=+x\n");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->text, "NET: family 10");
}

TEST(KmsgRecord, DecodesEscapes) {
  EXPECT_EQ(DecodeKmsgEscapes("a\\x20b\\x0ac\\x5cx41"), "a b\nc\\x41");
  EXPECT_EQ(DecodeKmsgEscapes("\\xC3\\xa9"), "\xC3\xA9");
  EXPECT_EQ(DecodeKmsgEscapes("\\x"), "\\x");
  EXPECT_EQ(DecodeKmsgEscapes("\\x4"), "\\x4");
  EXPECT_EQ(DecodeKmsgEscapes("\\xzz"), "\\xzz");
  EXPECT_EQ(DecodeKmsgEscapes("\\x00").size(), 1U);
}

TEST(KmsgRecord, IsNothingWhereTheHeadIsTorn) {
  for (const char* text :
       {"", ";", "6", "6,1", "6,1,2,-", "x,1,2,-;t", "6,x,2,-;t", "6,1,x,-;t", "-1,1,2,-;t",
        "6,1;t", "65536,1,2,-;t", "6,99999999999999999999,2,-;t", "6,1,99999999999999999999,-;t",
        "6,1,18446744073709551615,-;t", "no semicolon\n6,1,2,-;t"}) {
    EXPECT_FALSE(ParseKmsgRecord(text)) << text;
  }
  EXPECT_EQ(ParseKmsgRecord("6,1,2,-;")->text, "");
  EXPECT_EQ(ParseKmsgRecord(std::string("6,1,2,-;a\0b", 11))->text.size(), 3U);
}

}  // namespace
}  // namespace airflow_host
