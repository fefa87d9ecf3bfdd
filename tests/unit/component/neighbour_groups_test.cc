// The user's patterns.
#include "collectors/component/neighbour_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/component/cmdlines.h"

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(MatchesPattern, KnowsStarsAndQuestionMarks) {
  for (const auto& [pattern, text] : std::vector<std::pair<std::string, std::string>>{
           {"mysqld*", "mysqld"},
           {"mysqld*", "mysqld_safe"},
           {"*dbt run*", "/usr/bin/python /usr/bin/dbt run --select x"},
           {"dbt?run", "dbt run"},
           {"a*b*c", "aXbXbc"},
           {"a**c", "ac"},
           {"*", ""},
           {"", ""},
           {"a b", std::string("a\0b", 3)}}) {
    EXPECT_TRUE(MatchesPattern(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] :
       std::vector<std::pair<std::string, std::string>>{{"mysqld", "mysqld_safe"},
                                                        {"mysqld?", "mysqld"},
                                                        {"*dbt run", "dbt run x"},
                                                        {"", "x"},
                                                        {"a*b*c", "acb"},
                                                        {"A", "a"},
                                                        {"[a]", "a"}}) {
    EXPECT_FALSE(MatchesPattern(pattern, text)) << pattern << " " << text;
  }
}

TEST(MatchesPattern, EndsSoonOnWhatMatchesNearly) {
  const std::string text(4096, 'a');
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  EXPECT_FALSE(MatchesPattern(pattern + "b", text));
}

TEST(FindNeighbour, MatchesTheNameOrTheCommandLine) {
  const auto groups = ParseNeighbourGroups({"mysql=mysqld*", "dbt=*dbt run*", "mysql=mariadbd"});
  ASSERT_TRUE(groups) << groups.error().message;
  ASSERT_EQ(groups->size(), 2U);
  EXPECT_THAT((*groups)[0].patterns, ElementsAre("mysqld*", "mariadbd"));
  EXPECT_EQ(FindNeighbour(*groups, Arguments({"/usr/sbin/mysqld", "--x"}), "mysqld"),
            NeighbourAt(0));
  EXPECT_EQ(FindNeighbour(*groups, Arguments({"/usr/sbin/mariadbd"}), "mariadbd"), NeighbourAt(0));
  EXPECT_EQ(FindNeighbour(*groups, Arguments({"python3", "/usr/bin/dbt", "run"}), "python3"),
            NeighbourAt(1));
  EXPECT_EQ(FindNeighbour(*groups, Arguments({"nginx"}), "nginx"), std::nullopt);
  EXPECT_EQ(FindNeighbour(*groups, "", ""), std::nullopt);
  EXPECT_EQ(FindNeighbour({}, Arguments({"nginx"}), "nginx"), std::nullopt);
}

TEST(FindNeighbour, TakesNoPaddingForTheCommandLine) {
  const auto groups = ParseNeighbourGroups({"proxy=haproxy: worker"});
  ASSERT_TRUE(groups);
  EXPECT_EQ(FindNeighbour(*groups, Title("haproxy: worker"), "haproxy"), NeighbourAt(0));
}

TEST(ParseNeighbourGroups, SaysWhatIsWrong) {
  const std::pair<std::string, const char*> kCases[] = {
      {"mysql", "does not match every process"},
      {"mysql=", "does not match every process"},
      {"mysql=*", "does not match every process"},
      {"mysql= ?* ", "does not match every process"},
      {"=x", "a name of letters"},
      {"My=x", "a name of letters"},
      {"a1=x", "a name of letters"},
      {std::string(33, 'a') + "=x", "a name of letters"},
      {"scheduler=x", "\"scheduler\", which is a component already"},
      {"java=x", "a component already"},
      {"a=" + std::string(201, 'x'), "more than 200 bytes"},
  };
  for (const auto& [text, message] : kCases) {
    const auto groups = ParseNeighbourGroups({text});
    ASSERT_FALSE(groups) << text;
    EXPECT_THAT(groups.error().message, HasSubstr(message)) << text;
  }
}

TEST(ParseNeighbourGroups, IsBounded) {
  std::vector<std::string> texts;
  for (char letter = 'a'; letter < 'a' + 16; ++letter)
    texts.push_back(std::string(1, letter) + "=x");
  EXPECT_TRUE(ParseNeighbourGroups(texts));
  texts.emplace_back("zz=x");
  EXPECT_THAT(ParseNeighbourGroups(texts).error().message, HasSubstr("at most 16 groups"));
  EXPECT_THAT(ParseNeighbourGroups(std::vector<std::string>(65, "a=x")).error().message,
              HasSubstr("at most 64 patterns"));
}

}  // namespace
}  // namespace airflow_host
