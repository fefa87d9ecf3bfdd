#include "collectors/host/filesystems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> NamesOf(const std::vector<FilesystemSpace>& spaces) {
  std::vector<std::string> names;
  names.reserve(spaces.size());
  for (const auto& space : spaces) names.push_back(space.mount_point);
  return names;
}

/// What one reading gives.
std::vector<FilesystemSpace> Read(FilesystemReader reader,
                                  const std::vector<SwapDevice>& swaps = {}) {
  std::vector<FilesystemSpace> spaces;
  reader.Read(SteadyTime{}, swaps, spaces);
  return spaces;
}

std::string Line(int id, int parent, const std::string& mount_point, const std::string& type) {
  return std::to_string(id) + " " + std::to_string(parent) + " 0:1 / " + mount_point +
         " rw shared:1 - " + type + " source rw\n";
}

/// A host whose folders exist and whose mounts are told by its own mountinfo.
class FilesystemReaderTest : public testing::Test {
 protected:
  void WriteHostsMounts(const std::string& more) {
    host_.Write("/proc/1/mountinfo", Line(1, 0, "/", "ext4") + more);
  }
  FilesystemReader Reader(std::vector<std::string> watched) const {
    return FilesystemReader(Paths{host_.root() + "/proc", "/sys", host_.root()},
                            std::move(watched));
  }

  TemporaryTree host_;
};

TEST_F(FilesystemReaderTest, GivesWhatStatvfsGives) {
  WriteHostsMounts("");
  const auto spaces = Read(Reader({}));
  ASSERT_EQ(spaces.size(), 1U);
  EXPECT_EQ(spaces[0].mount_point, "/");
  struct statvfs figures {};
  ASSERT_EQ(::statvfs(host_.root().c_str(), &figures), 0);
  EXPECT_EQ(spaces[0].size_bytes, figures.f_blocks * figures.f_frsize);
  EXPECT_GT(spaces[0].available_bytes, 0U);
  EXPECT_LT(spaces[0].available_bytes, spaces[0].size_bytes);
}

TEST_F(FilesystemReaderTest, NamesEachMountPointOnce) {
  host_.MakeFolder("/opt/airflow/logs");
  host_.MakeFolder("/srv/swap area");
  WriteHostsMounts(Line(2, 1, "/opt/airflow", "xfs") + Line(3, 1, "/srv/swap\\040area", "ext4"));
  auto reader = Reader({"/opt/airflow", "/opt/airflow/logs", "/home", "/"});
  const std::vector<SwapDevice> swaps = {{"/dev/nvme0n1p2", false, 1, 0},
                                         {"/swapfile", true, 1, 0},
                                         {"/srv/swap area/file (deleted)", true, 1, 0}};
  EXPECT_THAT(NamesOf(Read(std::move(reader), swaps)),
              ElementsAre("/", "/opt/airflow", "/srv/swap area"));
}

TEST_F(FilesystemReaderTest, FollowsLinksToTheFilesystemThatHoldsTheFiles) {
  host_.MakeFolder("/data/airflow");
  host_.Link("/opt/airflow", "/data/airflow");
  WriteHostsMounts(Line(2, 1, "/data", "xfs"));
  EXPECT_THAT(NamesOf(Read(Reader({"/opt/airflow"}))), ElementsAre("/", "/data"));
}

TEST_F(FilesystemReaderTest, LeavesNetworkAndFuseFilesystemsAlone) {
  host_.MakeFolder("/mnt/dags");
  host_.MakeFolder("/mnt/logs");
  host_.Link("/opt/airflow", "/mnt/dags");
  WriteHostsMounts(Line(2, 1, "/mnt/dags", "nfs4") + Line(3, 1, "/mnt/logs", "fuse.s3fs") +
                   Line(4, 2, "/mnt/dags/local", "ext4"));
  auto reader = Reader({"/mnt/dags", "/mnt/dags/local", "/mnt/logs/x", "/opt/airflow"});
  EXPECT_THAT(NamesOf(Read(std::move(reader))), ElementsAre("/"));
}

TEST_F(FilesystemReaderTest, LeavesOutWhatIsNotMountedHere) {
  WriteHostsMounts(Line(2, 1, "/data", "xfs"));
  EXPECT_THAT(NamesOf(Read(Reader({"/data/x"}))), ElementsAre("/"));
}

TEST_F(FilesystemReaderTest, FindsTheHostsMountsBelowTheRootfsInItsOwnList) {
  host_.MakeFolder("/opt/airflow");
  // As in a container: "/" is the container's own, and the host's mounts lie below the rootfs.
  host_.Write("/proc/self/mountinfo",
              Line(1, 0, "/", "overlay") + Line(2, 1, host_.root(), "ext4") +
                  Line(3, 2, host_.root() + "/opt/airflow", "xfs") + Line(4, 1, "/opt", "nfs4"));
  host_.Write("/proc/1/mountinfo", Line(1, 0, "/", "nfs4"));
  EXPECT_THAT(NamesOf(Read(Reader({"/opt/airflow/dags"}))), ElementsAre("/", "/opt/airflow"));
}

TEST_F(FilesystemReaderTest, AsksNothingWithoutAListOfMounts) {
  EXPECT_THAT(Read(Reader({"/opt"})), IsEmpty());
  host_.Write("/proc/self/mountinfo", "garbage\n");
  EXPECT_THAT(Read(Reader({"/opt"})), IsEmpty());
}

}  // namespace
}  // namespace airflow_host
