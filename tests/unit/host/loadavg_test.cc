#include "collectors/host/loadavg.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(ParseLoad1, TakesTheFirstField) {
  EXPECT_EQ(ParseLoad1("6.42 3.10 1.55 4/412 90233\n"), 6.42);
  EXPECT_EQ(ParseLoad1("0.00 0.00 0.00 1/2 3"), 0.0);
}

TEST(ParseLoad1, GivesNothingForAnythingElse) {
  using std::string_literals::operator""s;
  for (const std::string& text : {""s, "\n"s, "6.4"s, "x 1 1"s, "-1.00 0.1"s, "nan 1 1"s,
                                  "inf 1 1"s, "1e999 1"s, "6\0 3.1"s}) {
    EXPECT_EQ(ParseLoad1(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace airflow_host
