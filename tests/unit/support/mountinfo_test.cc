#include "collectors/support/mountinfo.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

std::string NameOf(const Mount* mount) { return mount == nullptr ? "(none)" : mount->mount_point; }

TEST(ParseMountinfo, GivesIdsMountPointAndType) {
  const auto mounts = ParseMountinfo(
      "27 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw,errors=remount-ro\n"
      "98 27 0:48 / /mnt/my\\040dags rw shared:31 master:2 propagate_from:3 - nfs4 h:/dags rw\n"
      "99 27 0:49 / /quiet rw - tmpfs tmpfs rw\n");
  ASSERT_EQ(mounts.size(), 3U);
  EXPECT_EQ(mounts[0].id, 27U);
  EXPECT_EQ(mounts[0].parent_id, 1U);
  EXPECT_EQ(mounts[0].mount_point, "/");
  EXPECT_EQ(mounts[0].filesystem, "ext4");
  EXPECT_EQ(mounts[1].mount_point, "/mnt/my dags");
  EXPECT_EQ(mounts[1].filesystem, "nfs4");
  EXPECT_EQ(mounts[2].filesystem, "tmpfs");
}

TEST(ParseMountinfo, LeavesTornLinesOut) {
  using std::string_literals::operator""s;
  const std::string cases[] = {
      ""s,
      "27"s,
      "27 1 259:1 / / rw,relatime shared:1"s,
      "27 1 259:1 / / rw - "s,
      "27 1 259:1 / / rw - ext"s,  // The type may have been cut.
      "x 1 259:1 / / rw - ext4 /dev/sda rw"s,
      "27 -1 259:1 / / rw - ext4 /dev/sda rw"s,
      "99999999999999999999 1 259:1 / / rw - ext4 /dev/sda rw"s,
      "\0\0\0"s,
  };
  for (const std::string& text : cases) EXPECT_TRUE(ParseMountinfo(text).empty()) << text;
}

TEST(IsLocalFilesystem, RefusesWhatCouldHang) {
  for (const char* type : {"ext4", "xfs", "btrfs", "overlay", "tmpfs", "devtmpfs", "zfs", "vfat"}) {
    EXPECT_TRUE(IsLocalFilesystem(type)) << type;
  }
  for (const char* type : {"nfs", "nfs4", "cifs", "smb3", "fuse", "fuse.s3fs", "fuseblk", "9p",
                           "virtiofs", "ceph", "glusterfs", "lustre", "autofs", "afs", "", "new"}) {
    EXPECT_FALSE(IsLocalFilesystem(type)) << type;
  }
}

TEST(FindLocalMount, WalksAsTheKernelDoes) {
  const std::vector<Mount> mounts = {
      {1, 0, "/", "ext4"},     {2, 1, "/data", "xfs"},     {3, 2, "/data/swap", "ext4"},
      {4, 1, "/dat", "tmpfs"}, {5, 1, "/mnt/nfs", "nfs4"}, {6, 5, "/mnt/nfs/local", "ext4"}};
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/")), "/");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/database")), "/");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/data")), "/data");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/data/")), "/data");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/data/swap/file")), "/data/swap");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/mnt/nf")), "/");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/mnt/nfs")), "(none)");
  // Asking a local file system below a dead server would hang on the way to it.
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/mnt/nfs/local/x")), "(none)");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "relative")), "/");
}

TEST(FindLocalMount, SeesWhatCoversAnotherMount) {
  // Something was mounted over /data after /data/old: the walk meets the cover first.
  const std::vector<Mount> covered = {
      {1, 0, "/", "ext4"}, {2, 1, "/data/old", "xfs"}, {3, 1, "/data", "btrfs"}};
  EXPECT_EQ(NameOf(FindLocalMount(covered, "/data/old/x")), "/data");
  // Two mounts on one point: the second lies on the first.
  const std::vector<Mount> stacked = {
      {1, 0, "/", "ext4"}, {2, 1, "/data", "nfs4"}, {3, 1, "/x", "xfs"}, {4, 3, "/x", "nfs4"}};
  EXPECT_EQ(NameOf(FindLocalMount(stacked, "/x/y")), "(none)");
}

TEST(FindLocalMount, SeesThroughTheSandboxOfAService) {
  const auto mounts = ParseMountinfo(
      "1 0 259:1 / / ro - ext4 /dev/nvme0n1p1 rw\n"
      "2 1 0:23 / /run rw - tmpfs tmpfs rw\n"
      "3 1 0:23 /systemd/inaccessible/dir /home ro - tmpfs tmpfs rw\n"
      "4 1 259:1 /srv /srv ro - ext4 /dev/nvme0n1p1 rw\n"
      "5 4 259:1 /srv/airflow /srv/airflow rw - ext4 /dev/nvme0n1p1 rw\n"
      "6 1 259:1 /other/airflow /opt/airflow rw - ext4 /dev/nvme0n1p1 rw\n"
      "7 1 259:2 / /data rw - xfs /dev/nvme1n1 rw\n"
      "8 7 259:2 /logs /data/logs ro - xfs /dev/nvme1n1 rw\n");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/home/airflow")), "(none)");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/srv/airflow/logs")), "/");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/opt/airflow")), "/opt/airflow");
  EXPECT_EQ(NameOf(FindLocalMount(mounts, "/data/logs")), "/data");
}

TEST(FindLocalMount, ComesToAnEndOnNonsense) {
  EXPECT_EQ(FindLocalMount({}, "/"), nullptr);
  EXPECT_EQ(FindLocalMount({{1, 0, "/only", "ext4"}}, "/only"), nullptr);
  const std::vector<Mount> circle = {
      {1, 0, "/", "ext4"}, {2, 1, "/", "ext4"}, {3, 2, "/", "ext4"}, {2, 3, "/", "ext4"}};
  EXPECT_EQ(FindLocalMount(circle, "/"), nullptr);
  const std::vector<Mount> above_its_parent = {
      {1, 0, "/", "ext4"}, {2, 1, "/a/b", "xfs", "8:1", "/"}, {3, 2, "/a", "xfs", "8:1", "/"}};
  EXPECT_EQ(NameOf(FindLocalMount(above_its_parent, "/a/b/c")), "/a");
  const std::vector<Mount> own_parent = {{1, 1, "/", "ext4"}};
  EXPECT_EQ(NameOf(FindLocalMount(own_parent, "/a")), "/");
}

}  // namespace
}  // namespace airflow_host
