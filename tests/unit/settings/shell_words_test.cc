#include "exporter/settings/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using testing::ElementsAreArray;

TEST(SplitWords, SplitsAsShlexDoes) {
  const std::pair<const char*, std::vector<std::string>> kCases[] = {
      {"", {}},
      {" \t\r\n", {}},
      {"cat /run/secret", {"cat", "/run/secret"}},
      {"a 'b c' \"d e\"", {"a", "b c", "d e"}},
      {"a'b'\"c\"d", {"abcd"}},
      {"''", {""}},
      {"a '' b", {"a", "", "b"}},
      {"a\\ b", {"a b"}},
      {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
      {"'a\\b'", {"a\\b"}},
      {"'a\"b' \"c'd\"", {"a\"b", "c'd"}},
      {"bash -c 'echo $X | cat'", {"bash", "-c", "echo $X | cat"}},
      {"a # b", {"a", "#", "b"}},
  };
  for (const auto& [command, words] : kCases) {
    const auto split = SplitWords(command);
    ASSERT_TRUE(split) << command;
    EXPECT_THAT(*split, ElementsAreArray(words)) << command;
  }
}

TEST(SplitWords, RefusesWhatDoesNotEnd) {
  for (const char* command : {"a 'b", "a \"b", "\"a\\\"", "a\\", "'", "\\"}) {
    EXPECT_FALSE(SplitWords(command)) << command;
  }
}

}  // namespace
}  // namespace airflow_host
