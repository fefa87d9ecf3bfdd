#include "collectors/component/install/stdlib_bytecode.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

TEST(StdlibBytecode, IsMissingWhereAllFourHold) {
  using Fact = std::optional<bool>;
  constexpr Fact kUnknown = std::nullopt;
  struct Case {
    Fact exists, filled, writable, off, missing;
  };
  const Case kCases[] = {
      {true, false, false, false, true},
      // Each one alone makes it harmless, whatever the others are.
      {false, kUnknown, kUnknown, kUnknown, false},
      {true, true, kUnknown, kUnknown, false},
      {true, kUnknown, true, kUnknown, false},
      {kUnknown, kUnknown, kUnknown, true, false},
      // Unknown ones leave it open.
      {true, false, false, kUnknown, kUnknown},
      {true, false, kUnknown, false, kUnknown},
      {true, kUnknown, false, false, kUnknown},
      {kUnknown, false, false, false, kUnknown},
      {kUnknown, kUnknown, kUnknown, kUnknown, kUnknown},
  };
  int number = 0;
  for (const Case& one : kCases) {
    EXPECT_EQ(IsStdlibBytecodeMissing({one.exists, one.filled, one.writable, one.off}), one.missing)
        << "case " << number++;
  }
}

}  // namespace
}  // namespace airflow_host
