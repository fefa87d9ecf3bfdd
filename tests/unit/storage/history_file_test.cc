// The file: whole or not at all, one owner, one damaged copy.
#include "exporter/storage/history_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using testing::HasSubstr;

class HistoryFileTest : public testing::Test {
 protected:
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryTree tree_;
  std::string directory_ = tree_.root() + "/state";
};

TEST_F(HistoryFileTest, HoldsWhatWasWrittenLast) {
  const auto file = HistoryFile::Open(directory_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->Read(100).value(), std::nullopt);
  ASSERT_TRUE(file->Write("first"));
  ASSERT_TRUE(file->Write(std::string("se\0cond", 7)));
  EXPECT_EQ(file->Read(100).value(), std::string("se\0cond", 7));
  EXPECT_THAT(Names(), testing::ElementsAre("trends", "trends.lock"));
  struct stat status {};
  ASSERT_EQ(::stat(file->path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(HistoryFileTest, HasOneOwnerAtATime) {
  {
    const auto first = HistoryFile::Open(directory_);
    ASSERT_TRUE(first);
    const auto second = HistoryFile::Open(directory_);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("another exporter"));
  }
  EXPECT_TRUE(HistoryFile::Open(directory_));
}

TEST_F(HistoryFileTest, KeepsOneDamagedFile) {
  const auto file = HistoryFile::Open(directory_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->Write("one"));
  EXPECT_EQ(file->SetAside(100).value(), directory_ + "/trends.damaged-100");
  ASSERT_TRUE(file->Write("two"));
  ASSERT_TRUE(file->SetAside(200));
  EXPECT_THAT(Names(), testing::ElementsAre("trends.damaged-200", "trends.lock"));
  EXPECT_FALSE(file->SetAside(300));  // There is nothing to be set aside.
}

TEST_F(HistoryFileTest, RefusesMoreThanTheLimit) {
  const auto file = HistoryFile::Open(directory_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->Write(std::string(101, 'x')));
  EXPECT_FALSE(file->Read(100));
  EXPECT_TRUE(file->Read(101));
}

TEST_F(HistoryFileTest, SaysWhatCannotBeUsed) {
  EXPECT_THAT(HistoryFile::Open(tree_.root() + "/no/such").error().message, HasSubstr("/no/such"));
  std::ofstream(tree_.root() + "/plain") << "x";
  EXPECT_FALSE(HistoryFile::Open(tree_.root() + "/plain"));
  const auto file = HistoryFile::Open(directory_);
  ASSERT_TRUE(file);
  std::filesystem::create_directory(directory_ + "/trends");
  EXPECT_FALSE(file->Read(100));
  EXPECT_FALSE(file->Write("x"));
}

}  // namespace
}  // namespace airflow_host
