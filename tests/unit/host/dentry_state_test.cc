#include "collectors/host/dentry_state.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(ParseNegativeDentries, TakesTheFifthField) {
  EXPECT_EQ(ParseNegativeDentries("132021\t118340\t45\t0\t61233\t0\n"), 61233U);
}

TEST(ParseNegativeDentries, TakesZeroForUnknown) {
  EXPECT_EQ(ParseNegativeDentries("71204\t50233\t45\t0\t0\t0\n"), std::nullopt);
}

TEST(ParseNegativeDentries, GivesNothingForAnythingElse) {
  using std::string_literals::operator""s;
  for (const std::string& text :
       {""s, "1\t2\t3\t4\n"s, "1\t2\t3\t4\t"s, "1\t2\t3\t4\t61"s, "1\t2\t3\t4\t-5\t0\n"s,
        "1\t2\t3\t4\tx\t0\n"s, "1\t2\t3\t4\t99999999999999999999\t0"s, "1\t2\t3\t4\t5\0\t0"s}) {
    EXPECT_EQ(ParseNegativeDentries(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace airflow_host
