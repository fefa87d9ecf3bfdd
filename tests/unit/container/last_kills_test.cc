#include "collectors/container/last_kills.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

constexpr char kPod[] = "/kubepods.slice/pod1.slice";

Container Make(std::string path, std::uint64_t inode, std::optional<std::uint64_t> kills) {
  Container container;
  container.cgroup_path = std::move(path);
  container.cgroup_inode = inode;
  container.events.oom_kill = kills;
  return container;
}

class LastKillsTest : public testing::Test {
 protected:
  /// What is found when the parents have counted so many kills and these containers are left.
  std::map<std::uint64_t, std::uint64_t> Find(std::uint64_t of_parent,
                                              const std::vector<Container>& containers) {
    for (const std::string& parent : {std::string(kPod), std::string("/system.slice")}) {
      tree_.Write(parent + "/memory.events", "oom 9\noom_kill " + std::to_string(of_parent) + "\n");
    }
    std::map<std::uint64_t, std::uint64_t> found;
    for (const LateKills& late : last_kills_.Find(tree_.root(), containers, buffer_)) {
      found[late.cgroup_inode] = late.oom_kills;
    }
    return found;
  }
  static Container Worker(std::uint64_t inode, std::uint64_t kills) {
    return Make(std::string(kPod) + "/c" + std::to_string(inode), inode, kills);
  }
  static Container Sandbox() {
    Container sandbox = Make(std::string(kPod) + "/sandbox", 100, 0);
    sandbox.name = kSandboxName;
    return sandbox;
  }

  TemporaryTree tree_;
  LastKills last_kills_;
  std::string buffer_;
};

using Found = std::map<std::uint64_t, std::uint64_t>;

TEST_F(LastKillsTest, TheParentTellsWhatTheChildDidNotLiveToTell) {
  EXPECT_EQ(Find(5, {Worker(1, 0), Sandbox()}), Found()) << "what was before is nobody's";
  EXPECT_EQ(Find(6, {Worker(2, 0), Sandbox()}), (Found{{1, 1}}));
  EXPECT_EQ(Find(6, {Worker(2, 0), Sandbox()}), Found());
  EXPECT_EQ(Find(7, {Worker(2, 1), Sandbox()}), Found()) << "it told it itself";
  EXPECT_EQ(Find(7, {Worker(3, 0), Sandbox()}), Found()) << "replaced without a kill";
  EXPECT_EQ(Find(9, {Worker(4, 1), Sandbox()}), (Found{{3, 1}})) << "one more is its successor's";
}

TEST_F(LastKillsTest, SeesTheLastContainerOfAParentGo) {
  EXPECT_EQ(Find(0, {Worker(1, 0), Sandbox()}), Found());
  EXPECT_EQ(Find(2, {}), (Found{{1, 2}}));
}

TEST_F(LastKillsTest, SaysNothingWhereItIsNotCertain) {
  EXPECT_EQ(Find(0, {Worker(1, 0), Worker(2, 0)}), Found());
  EXPECT_EQ(Find(1, {}), Found()) << "either may have been killed";
  EXPECT_EQ(Find(1, {Make("/gone/c", 7, 0)}), Found()) << "its parent has no such file";
  EXPECT_EQ(Find(1, {}), Found());
  EXPECT_EQ(Find(1, {Make("/root", 8, 0)}), Found());
  EXPECT_EQ(Find(1, {Make(std::string(kPod) + "/x", 9, std::nullopt)}), Found());
  EXPECT_EQ(Find(2, {}), Found());
}

TEST_F(LastKillsTest, KillsInASliceBelowAreNotTakenForTheVanished) {
  const Container postgres = Make("/system.slice/system-postgresql.slice/p.service", 2, 0);
  Container killed = postgres;
  killed.events.oom_kill = 1;
  EXPECT_EQ(Find(0, {Make("/system.slice/docker-1.scope", 1, 0), postgres}), Found());
  EXPECT_EQ(Find(1, {killed}), Found());
}

TEST_F(LastKillsTest, AContainerWithinAServiceIsCountedOnce) {
  const std::vector<Container> nested = {Make("/system.slice/web.service", 1, 1),
                                         Make("/system.slice/web.service/libpod-payload-a", 2, 1),
                                         Make("/system.slice/docker-1.scope", 3, 0)};
  EXPECT_EQ(Find(1, nested), Found());
  EXPECT_EQ(Find(2, {nested[0], nested[1]}), (Found{{3, 1}}));
}

TEST_F(LastKillsTest, AParentMadeAnewStartsAnew) {
  EXPECT_EQ(Find(1, {Worker(1, 1)}), Found());
  std::filesystem::rename(tree_.root() + kPod, tree_.root() + "/before");
  EXPECT_EQ(Find(5, {Worker(2, 0)}), Found());
}

}  // namespace
}  // namespace airflow_host
