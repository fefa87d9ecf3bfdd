#include "collectors/container/process_start.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

std::string Stat(const std::string& name, const std::string& ticks) {
  return "4242 (" + name + ") S 1 4242 4242 0 -1 4194560 9341 0 3 0 12 4 0 0 20 0 2 0 " + ticks +
         " 301989888 4100 18446744073709551615\n";
}

TEST(FindOldest, IsThatOfTheOldestThatCanBeRead) {
  const TemporaryTree tree;
  const auto hertz = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  tree.Write("/stat", "btime 1000\n");
  tree.Write("/7/stat", Stat("younger", std::to_string(90 * hertz)));
  tree.Write("/9/stat", Stat("older", std::to_string(30 * hertz)));
  const std::array<std::uint64_t, 4> ids = {0, 7, 8, 9};
  const auto oldest = FindOldest(tree.root(), ids);
  ASSERT_TRUE(oldest);
  EXPECT_EQ(oldest->started_at, FromSecondsSinceEpoch(1030));
  EXPECT_EQ(oldest->comm, "older");
  EXPECT_FALSE(FindOldest(tree.root(), std::span(ids).first(1)));
  EXPECT_FALSE(FindOldest("/nowhere", ids));
}

}  // namespace
}  // namespace airflow_host
