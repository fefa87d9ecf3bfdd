#include "exporter/web/collector_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<std::string_view, 3> kKnown = {"host", "oom", "broker"};

TEST(ParseCollectorFilter, TakesEverythingWithoutAQuery) {
  for (const char* query : {"", "&", "debug=1", "collect=host", "collect%5B=host", "=", "&&x&="}) {
    const auto choice = ParseCollectorFilter(query, kKnown);
    ASSERT_TRUE(choice) << query;
    EXPECT_TRUE(choice->Includes("host")) << query;
    EXPECT_TRUE(choice->IncludesTheRest()) << query;
  }
}

TEST(ParseCollectorFilter, ReadsNamesPlainAndEncoded) {
  const auto choice =
      ParseCollectorFilter("collect[]=host&x=1&collect%5B%5D=o%6Fm&collect[]=host", kKnown);
  ASSERT_TRUE(choice);
  EXPECT_THAT(choice->only, ElementsAre("host", "oom"));
  EXPECT_TRUE(choice->Includes("oom"));
  EXPECT_FALSE(choice->Includes("broker"));
  EXPECT_FALSE(choice->IncludesTheRest());
}

TEST(ParseCollectorFilter, LeavesOutWhatIsExcluded) {
  const auto choice = ParseCollectorFilter("exclude[]=broker", kKnown);
  ASSERT_TRUE(choice);
  EXPECT_FALSE(choice->Includes("broker"));
  EXPECT_TRUE(choice->Includes("host"));
  EXPECT_TRUE(choice->IncludesTheRest());
}

TEST(ParseCollectorFilter, RefusesUnknownNamesInOneSentence) {
  for (const char* query :
       {"collect[]=hosts", "collect[]=", "exclude[]=%zz", "collect[]", "collect[]=HOST"}) {
    const auto choice = ParseCollectorFilter(query, kKnown);
    ASSERT_FALSE(choice) << query;
    EXPECT_THAT(choice.error().message, HasSubstr("host, oom, broker")) << query;
  }
  const auto hostile = ParseCollectorFilter("collect[]=%00%0a<b>" + std::string(5000, 'x'), kKnown);
  ASSERT_FALSE(hostile);
  EXPECT_LT(hostile.error().message.size(), 200U);
  EXPECT_EQ(hostile.error().message.find('\n'), std::string::npos);
}

TEST(ParseCollectorFilter, RefusesBothKindsAtOnce) {
  const auto choice = ParseCollectorFilter("collect[]=host&exclude[]=oom", kKnown);
  ASSERT_FALSE(choice);
  EXPECT_THAT(choice.error().message, HasSubstr("cannot be combined"));
}

}  // namespace
}  // namespace airflow_host
