#include "collectors/support/octal_escapes.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(DecodeOctalEscapes, DecodesWhatTheKernelWrites) {
  EXPECT_EQ(DecodeOctalEscapes("/mnt/my\\040logs"), "/mnt/my logs");
  EXPECT_EQ(DecodeOctalEscapes("\\011\\012\\134\\043"), "\t\n\\#");
  EXPECT_EQ(DecodeOctalEscapes("\\134040"), "\\040");
  EXPECT_EQ(DecodeOctalEscapes("\\377"), "\xff");
  EXPECT_EQ(DecodeOctalEscapes("/로그"), "/로그");
}

TEST(DecodeOctalEscapes, LeavesEverythingElse) {
  for (const std::string text : {"", "\\", "\\0", "\\04", "\\048", "\\400", "\\x20", "a\\"}) {
    EXPECT_EQ(DecodeOctalEscapes(text), text);
  }
  const std::string with_nul("a\0b", 3);
  EXPECT_EQ(DecodeOctalEscapes(with_nul), with_nul);
}

}  // namespace
}  // namespace airflow_host
