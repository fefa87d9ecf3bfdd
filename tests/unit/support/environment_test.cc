#include "collectors/support/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(EnvironmentOf, TakesEntriesApart) {
  const std::array<const char*, 6> entries{"A=1", "B=x=y", "C=", "=odd", "none", nullptr};
  EXPECT_THAT(EnvironmentOf(entries.data()),
              ElementsAre(Pair("A", "1"), Pair("B", "x=y"), Pair("C", "")));
  EXPECT_TRUE(EnvironmentOf(nullptr).empty());
}

TEST(HomeDirectory, PrefersTheVariable) {
  EXPECT_EQ(HomeDirectory({{"HOME", "/root/"}}, "/x"), "/root");
  EXPECT_EQ(HomeDirectory({}, "/home/me"), "/home/me");
  EXPECT_EQ(HomeDirectory({{"HOME", "/"}}, "/x"), "");
}

TEST(ExpandUser, KnowsTheOwnHomeOnly) {
  EXPECT_EQ(ExpandUser("~/a", "/h"), "/h/a");
  EXPECT_EQ(ExpandUser("~", "/h"), "/h");
  EXPECT_EQ(ExpandUser("~", ""), "/");
  EXPECT_EQ(ExpandUser("~other/a", "/h"), "~other/a");
  EXPECT_EQ(ExpandUser("/a~", "/h"), "/a~");
}

TEST(ExpandVariables, DoesWhatPythonDoes) {
  const Environment environment{{"A", "1"},        {"LONG_name2", "x"}, {"NESTED", "${A}/$A"},
                                {"HOMELY", "~/q"}, {"EMPTY", ""},       {"a b", "blank"}};
  const std::pair<const char*, const char*> kCases[] = {
      {"", ""},
      {"plain", "plain"},
      {"$A", "1"},
      {"${A}b", "1b"},
      {"$Ab", "$Ab"},
      {"$LONG_name2-", "x-"},
      {"$NESTED", "1/1"},
      {"$HOMELY", "/h/q"},
      {"x$EMPTY.", "x."},
      {"${a b}", "blank"},
      {"$UNSET ${UNSET}", "$UNSET ${UNSET}"},
      {"$", "$"},
      {"$$A", "$1"},
      {"${A", "${A"},
      {"${}", "${}"},
      {"p%40$s", "p%40$s"},
      {"~/x", "/h/x"},
  };
  for (const auto& [text, expected] : kCases) {
    const auto expanded = ExpandVariables(text, environment, "/h");
    ASSERT_TRUE(expanded) << text;
    EXPECT_EQ(*expanded, expected) << text;
  }
}

TEST(ExpandVariables, EndsWhereAirflowWouldNot) {
  const Environment environment{{"A", "$A x"}, {"B", "$B$B$B$B$B$B$B$B"}, {"C", "$D"}, {"D", "$C"}};
  for (const char* text : {"$A", "$B", "$C"}) {
    EXPECT_FALSE(ExpandVariables(text, environment, "/h")) << text;
  }
}

}  // namespace
}  // namespace airflow_host
