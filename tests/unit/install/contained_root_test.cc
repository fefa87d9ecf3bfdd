#include "collectors/component/install/contained_root.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

/// A root beside which lies something that must not be seen.
class ContainedRootTest : public testing::Test {
 protected:
  ContainedRootTest() {
    tree_.Write("/outside/secret", "secret");
    tree_.Write("/root/etc/file", "inside");
    tree_.Write("/root/secret", "not the one");
  }

  ContainedRoot Root(std::vector<Mount> mounts = {}) const {
    const std::string path = tree_.root() + "/root";
    return {UniqueDescriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
            std::move(mounts)};
  }

  /// What the file holds, or the kind of the error.
  std::string Read(const std::string& path, const std::vector<Mount>& mounts = {}) const {
    std::string buffer;
    const auto text = Root(mounts).Read(path, buffer, 1000);
    if (text) return std::string(*text);
    return "error " + std::to_string(static_cast<int>(text.error().kind));
  }
  static std::string Error(ErrorKind kind) {
    return "error " + std::to_string(static_cast<int>(kind));
  }

  TemporaryTree tree_;
};

TEST_F(ContainedRootTest, ReadsWhatLiesInIt) {
  EXPECT_EQ(Read("/etc/file"), "inside");
  EXPECT_EQ(Read("//etc/./file"), "inside");
  EXPECT_EQ(Read("/etc/../etc/file"), "inside");
  EXPECT_EQ(Read("/etc/none"), Error(ErrorKind::kAbsent));
  EXPECT_EQ(Read("/etc/file/below"), Error(ErrorKind::kAbsent));
  EXPECT_EQ(Read("/etc"), Error(ErrorKind::kMalformed));
  EXPECT_EQ(Read("/"), Error(ErrorKind::kMalformed));
  EXPECT_EQ(Read(""), Error(ErrorKind::kMalformed));
  EXPECT_EQ(Read("etc/file"), Error(ErrorKind::kMalformed));
  EXPECT_EQ(Read("/etc/file" + std::string(1, '\0')), Error(ErrorKind::kMalformed));
  EXPECT_EQ(Read("/" + std::string(5000, 'x')), Error(ErrorKind::kMalformed));
}

TEST_F(ContainedRootTest, FollowsLinksWithinIt) {
  tree_.Link("/root/absolute", "/etc/file");
  tree_.Link("/root/relative", "etc/file");
  tree_.Link("/root/folder", "/etc");
  tree_.Link("/root/etc/up", "../etc/file");
  EXPECT_EQ(Read("/absolute"), "inside");
  EXPECT_EQ(Read("/relative"), "inside");
  EXPECT_EQ(Read("/folder/file"), "inside");
  EXPECT_EQ(Read("/folder/up"), "inside");
}

TEST_F(ContainedRootTest, NoLinkLeadsOut) {
  tree_.Link("/root/escape", "../outside/secret");
  tree_.Link("/root/deep", "../../../../../../../../../../" + tree_.root() + "/outside/secret");
  tree_.Link("/root/absolute", tree_.root() + "/outside/secret");
  tree_.Link("/root/folder", "..");
  EXPECT_EQ(Read("/escape"), Error(ErrorKind::kAbsent));
  EXPECT_EQ(Read("/deep"), Error(ErrorKind::kAbsent));
  EXPECT_EQ(Read("/absolute"), Error(ErrorKind::kAbsent));
  EXPECT_EQ(Read("/folder/outside/secret"), Error(ErrorKind::kAbsent));
  EXPECT_EQ(Read("/folder/secret"), "not the one");
  EXPECT_EQ(Read("/../../secret"), "not the one");
}

TEST_F(ContainedRootTest, AMagicLinkLeadsNowhere) {
  // Opened by name it would lead to the host's root; as text it is the path of a folder here.
  tree_.Link("/root/magic", "/proc/self/root");
  EXPECT_EQ(Read("/magic/etc/hostname"), Error(ErrorKind::kAbsent));
}

TEST_F(ContainedRootTest, CirclesComeToAnEnd) {
  tree_.Link("/root/a", "/b");
  tree_.Link("/root/b", "/a");
  tree_.Link("/root/long", "/long/long/long/long/long/long");
  EXPECT_EQ(Read("/a"), Error(ErrorKind::kMalformed));
  EXPECT_EQ(Read("/long"), Error(ErrorKind::kMalformed));
  std::string deep;
  for (int level = 0; level < 60; ++level) deep += "/d";
  tree_.MakeFolder("/root" + deep);
  EXPECT_EQ(Read(deep + "/x"), Error(ErrorKind::kMalformed));
}

TEST_F(ContainedRootTest, PipesAndDevicesAreNotOpened) {
  ASSERT_EQ(::mkfifo((tree_.root() + "/root/pipe").c_str(), 0600), 0);
  EXPECT_EQ(Read("/pipe"), Error(ErrorKind::kMalformed));
}

TEST_F(ContainedRootTest, StopsBeforeAFileSystemThatCouldHang) {
  const auto mounts = [](const char* mount_point, const char* type) {
    return std::vector<Mount>{{1, 0, "/", "overlay"}, {2, 1, mount_point, type}};
  };
  EXPECT_EQ(Read("/etc/file", mounts("/etc", "nfs4")), Error(ErrorKind::kFailed));
  EXPECT_EQ(Read("/etc/file", mounts("/etc", "ext4")), "inside");
  EXPECT_EQ(Read("/etc/file", mounts("/etc/fil", "nfs4")), "inside");
  EXPECT_EQ(Read("/etc/file", mounts("/", "fuse.sshfs")), Error(ErrorKind::kFailed));
  tree_.Link("/root/way", "/etc/file");
  EXPECT_EQ(Read("/way", mounts("/etc", "cifs")), Error(ErrorKind::kFailed));
}

TEST_F(ContainedRootTest, ListsNoMoreThanAskedFor) {
  for (int file = 0; file < 20; ++file) tree_.Write("/root/many/" + std::to_string(file), "");
  const auto some = Root().List("/many", 5);
  ASSERT_TRUE(some);
  EXPECT_EQ(some->names.size(), 5U);
  EXPECT_FALSE(some->complete);
  const auto all = Root().List("/many", 20);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->names.size(), 20U);
  EXPECT_TRUE(all->complete);
  EXPECT_FALSE(Root().List("/etc/file", 5));
  const auto root = Root().List("/", 5);
  ASSERT_TRUE(root);
  EXPECT_THAT(root->names, testing::UnorderedElementsAre("etc", "secret", "many"));
}

TEST_F(ContainedRootTest, TellsWhatLiesThere) {
  const auto status = Root().Look("/etc/file");
  ASSERT_TRUE(status);
  EXPECT_TRUE(S_ISREG(status->st_mode));
  EXPECT_TRUE(S_ISDIR(Root().Look("/")->st_mode));
  EXPECT_EQ(Root().IsReadOnly("/etc"), false);
}

}  // namespace
}  // namespace airflow_host
