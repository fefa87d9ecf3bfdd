// /proc/PID/status and /etc/passwd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "collectors/component/install/process_rights.h"
#include "collectors/component/install/user_home.h"

namespace airflow_host {
namespace {

constexpr const char* kStatus =
    "Name:\tairflow\nUmask:\t0022\nState:\tS (sleeping)\nUid:\t1\t2\t3\t50000\nGid:\t4\t5\t6\t7\n"
    "FDSize:\t64\nGroups:\t0 999 \nCapEff:\t0000000000000000\n";

TEST(ProcessRights, AreThoseThatTheFileSystemAsksFor) {
  const auto rights = ParseProcessRights(kStatus);
  ASSERT_TRUE(rights);
  EXPECT_EQ(rights->user, 50000U);
  EXPECT_THAT(rights->groups, testing::UnorderedElementsAre(0, 999, 7));
  EXPECT_FALSE(rights->overrides);
  const auto root = ParseProcessRights("Uid:\t0 0 0 0\nGid: 0 0 0 0\nCapEff:\t00000000a80425fb\n");
  ASSERT_TRUE(root);
  EXPECT_TRUE(root->overrides);
  const auto bare = ParseProcessRights("Uid:\t0 0 0 0\nGid: 0 0 0 0\nCapEff:\tnone\nGroups:\n");
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->overrides);
}

TEST(ProcessRights, AreNothingWithoutUserAndGroup) {
  for (const std::string& text :
       {std::string(), std::string("Uid:\t1 2 3 4\n"), std::string("Gid:\t1 2 3 4\n"),
        std::string("Uid:\t1 2 3\nGid:\t1 2 3 4\n"), std::string("Uid:\t1 2 3 x\nGid:\t1 2 3 4\n"),
        std::string("Uid:\t1 2 3 99999999999999999999\nGid:\t1 2 3 4\n"), std::string(100, '\0')}) {
    EXPECT_EQ(ParseProcessRights(text), std::nullopt) << text;
  }
}

TEST(ProcessRights, DecideByOwnerThenGroupThenOthers) {
  struct Case {
    unsigned user, group, mode;
    bool may;
  };
  // The process is user 50000 with the groups 0 and 999.
  const Case kCases[] = {
      {0, 5, 0755, false},  {50000, 5, 0755, true}, {50000, 5, 0577, false},
      {0, 999, 0775, true}, {0, 999, 0757, false},  {0, 5, 0777, true},
      {0, 5, 0776, false},  {0, 0, 0770, true},     {50000, 5, 0655, false},
  };
  const ProcessRights rights{50000, {0, 999}, false};
  for (const Case& one : kCases) {
    struct stat folder {};
    folder.st_uid = one.user;
    folder.st_gid = one.group;
    folder.st_mode = S_IFDIR | one.mode;
    EXPECT_EQ(rights.MayWriteIn(folder), one.may)
        << one.user << ":" << one.group << " " << one.mode;
    EXPECT_TRUE((ProcessRights{1, {}, true}.MayWriteIn(folder)));
  }
}

TEST(UserHome, IsTheSixthField) {
  constexpr const char* kPasswd =
      "root:x:0:0:root:/root:/bin/bash\nbroken\nairflow:x:50000:0:Airflow,,,:/home/airflow/:/bin/"
      "sh\n"
      "nobody:x:65534:65534:n:relative:/x\nother:x:50000:0::/second:/bin/sh\nlast:x:7:7::/";
  EXPECT_EQ(HomeOfUser(kPasswd, 50000), "/home/airflow");
  EXPECT_EQ(HomeOfUser(kPasswd, 0), "/root");
  EXPECT_EQ(HomeOfUser(kPasswd, 65534), std::nullopt);
  EXPECT_EQ(HomeOfUser(kPasswd, 7), std::nullopt);
  EXPECT_EQ(HomeOfUser(kPasswd, 1), std::nullopt);
  EXPECT_EQ(HomeOfUser("", 0), std::nullopt);
  EXPECT_EQ(HomeOfUser(std::string(1000, ':'), 0), std::nullopt);
  EXPECT_EQ(HomeOfUser(std::string(1000, '\0'), 0), std::nullopt);
}

}  // namespace
}  // namespace airflow_host
