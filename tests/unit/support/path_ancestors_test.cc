#include "collectors/support/path_ancestors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace airflow_host {
namespace {

std::vector<std::string> Climb(std::string_view path, std::string_view end = "none") {
  std::vector<std::string> visited;
  ForPathAndAbove(path, [&](std::string_view above) {
    visited.emplace_back(above);
    return above == end;
  });
  return visited;
}

TEST(ForPathAndAbove, ClimbsUntilItIsToldToStop) {
  EXPECT_THAT(Climb("/a/b/c"), testing::ElementsAre("/a/b/c", "/a/b", "/a"));
  EXPECT_THAT(Climb("/a/b/c", "/a/b"), testing::ElementsAre("/a/b/c", "/a/b"));
  EXPECT_THAT(Climb("/"), testing::ElementsAre("/"));
  EXPECT_THAT(Climb(""), testing::IsEmpty());
}

TEST(ForPathAndAbove, EndsWhereThereIsNoSlash) {
  EXPECT_THAT(Climb("a"), testing::ElementsAre("a"));
  EXPECT_THAT(Climb("a/b"), testing::ElementsAre("a/b", "a"));
}

TEST(IsBelow, TellsAPathFromOneThatBeginsLikeIt) {
  EXPECT_TRUE(IsBelow("/a/b", "/a"));
  EXPECT_FALSE(IsBelow("/a", "/a"));
  EXPECT_FALSE(IsBelow("/ab", "/a"));
  EXPECT_FALSE(IsBelow("/", "/a"));
}

}  // namespace
}  // namespace airflow_host
