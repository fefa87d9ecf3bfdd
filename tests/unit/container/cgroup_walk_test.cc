#include "collectors/container/cgroup_walk.h"

#include <gtest/gtest.h>

#include "collectors/container/cgroup_layout.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

std::string Id(char digit) { return std::string(64, digit); }

class FindContainersTest : public testing::Test {
 protected:
  Expected<FoundContainers> Find(const WalkLimits& limits = {}) const {
    return FindContainers(tree_.root(), limits, clock_,
                          Deadline{clock_.SteadyNow() + std::chrono::seconds(1)});
  }

  TemporaryTree tree_;
  ManualClock clock_;
};

TEST_F(FindContainersTest, SortsByPathAndDoesNotDescendIntoContainers) {
  tree_.Write("/system.slice/docker-" + Id('b') + ".scope/cgroup.procs", "");
  tree_.Write("/docker/" + Id('a') + "/docker/" + Id('c') + "/cgroup.procs", "");
  tree_.Write("/system.slice/quadlet.service/libpod-payload-" + Id('d') + "/cgroup.procs", "");
  const auto found = Find();
  ASSERT_TRUE(found);
  ASSERT_EQ(found->containers.size(), 4U);
  EXPECT_EQ(found->containers[0].path, "/docker/" + Id('a'));
  EXPECT_EQ(found->containers[1].identity.id, Id('b'));
  EXPECT_EQ(found->containers[2].identity.id, "quadlet.service");
  EXPECT_EQ(found->containers[3].identity.id, Id('d')) << "below a service there may be containers";
  EXPECT_FALSE(found->truncated);
}

TEST_F(FindContainersTest, StopsAtItsLimits) {
  for (const char digit : {'1', '2', '3'}) {
    tree_.Write("/docker/" + std::string(64, digit) + "/cgroup.procs", "");
  }
  const auto two = Find({.containers = 2});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->containers.size(), 2U);
  EXPECT_TRUE(two->truncated);

  const auto shallow = Find({.depth = 1});
  ASSERT_TRUE(shallow);
  EXPECT_TRUE(shallow->containers.empty());
  EXPECT_TRUE(shallow->truncated);

  const auto none = Find({.directories = 0});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->containers.empty());
  EXPECT_TRUE(none->truncated);
}

TEST_F(FindContainersTest, ServicesTakeNoRoomFromContainers) {
  for (const char digit : {'1', '2', '3'}) {
    tree_.Write(std::string("/system.slice/s") + digit + ".service/cgroup.procs", "");
    tree_.Write("/docker/" + std::string(64, digit) + "/cgroup.procs", "");
  }
  const auto found = Find({.containers = 4, .services = 2});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->containers.size(), 5U);
  EXPECT_TRUE(found->truncated);
}

TEST_F(FindContainersTest, DoesNotFollowLinks) {
  tree_.Write("/a/b/cgroup.procs", "");
  std::filesystem::create_directory_symlink(tree_.root(), tree_.root() + "/a/b/loop");
  std::filesystem::create_directory_symlink(tree_.root() + "/a", tree_.root() + "/" + Id('d'));
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->containers.empty());
}

TEST_F(FindContainersTest, FailsWithoutARootAndAfterItsDeadline) {
  EXPECT_EQ(
      FindContainers(tree_.root() + "/none", {}, clock_, Deadline{SteadyTime::max()}).error().kind,
      ErrorKind::kAbsent);
  tree_.Write("/a/cgroup.procs", "");
  const auto late = FindContainers(tree_.root(), {}, clock_, Deadline{clock_.SteadyNow()});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::kTimedOut);
}

class DetectCgroupLayoutTest : public testing::Test {
 protected:
  Expected<CgroupLayout> Detect() const { return DetectCgroupLayout(tree_.root()); }
  TemporaryTree tree_;
};

TEST_F(DetectCgroupLayoutTest, KnowsV2) {
  tree_.Write("/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
  const auto layout = Detect();
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->version, "v2");
  EXPECT_EQ(layout->root, tree_.root() + "/fs/cgroup");
}

TEST_F(DetectCgroupLayoutTest, KnowsV1) {
  tree_.Write("/fs/cgroup/memory/memory.stat", "cache 1\n");
  const auto layout = Detect();
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->version, "v1");
  EXPECT_EQ(layout->files, CgroupFiles::kV1);
  EXPECT_EQ(layout->root, tree_.root() + "/fs/cgroup/memory");
}

TEST_F(DetectCgroupLayoutTest, OnAHybridHostTheMemoryControllerDecides) {
  tree_.Write("/fs/cgroup/memory/memory.stat", "cache 1\n");
  tree_.Write("/fs/cgroup/unified/cgroup.controllers", "hugetlb\n");
  const auto v1 = Detect();
  ASSERT_TRUE(v1);
  EXPECT_EQ(v1->version, "hybrid");
  EXPECT_EQ(v1->files, CgroupFiles::kV1);
  tree_.Write("/fs/cgroup/unified/cgroup.controllers", "io memory\n");
  const auto v2 = Detect();
  ASSERT_TRUE(v2);
  EXPECT_EQ(v2->version, "hybrid");
  EXPECT_EQ(v2->files, CgroupFiles::kV2);
  EXPECT_EQ(v2->root, tree_.root() + "/fs/cgroup/unified");
}

TEST_F(DetectCgroupLayoutTest, SaysWhatIsMissing) {
  EXPECT_EQ(Detect().error().kind, ErrorKind::kAbsent);
  tree_.Write("/fs/cgroup/cgroup.controllers", "cpuset cpu io pids memory_recursiveprot\n");
  const auto off = Detect();
  ASSERT_FALSE(off);
  EXPECT_EQ(off.error().kind, ErrorKind::kAbsent);
  EXPECT_NE(off.error().message.find("cgroup_enable=memory"), std::string::npos);
}

}  // namespace
}  // namespace airflow_host
