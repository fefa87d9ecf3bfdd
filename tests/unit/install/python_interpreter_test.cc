#include "collectors/component/install/python_interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PythonName, GivesTheVersion) {
  const auto version = ParsePythonName("python3.12");
  ASSERT_TRUE(version);
  EXPECT_EQ(version->Text(), "3.12");
  EXPECT_EQ(version->FolderName(), "python3.12");
  EXPECT_EQ(version->CompiledName(), "os.cpython-312.pyc");
  const auto free_threaded = ParsePythonName("python3.13t");
  ASSERT_TRUE(free_threaded);
  EXPECT_EQ(free_threaded->Text(), "3.13");
  EXPECT_EQ(free_threaded->FolderName(), "python3.13t");
  EXPECT_EQ(free_threaded->CompiledName(), "os.cpython-313t.pyc");
  for (const char* name : {"", "python", "python3", "python3.", "python.12", "python3.x", "pypy3.9",
                           "python3.11-config", "python3.9999", "ppython3.9", "python3.11 "}) {
    EXPECT_EQ(ParsePythonName(name), std::nullopt) << name;
  }
}

TEST(PythonName, IsFoundInAPath) {
  EXPECT_EQ(PythonVersionIn("/opt/v/lib/python3.9/site-packages"), (PythonVersion{3, 9}));
  EXPECT_EQ(PythonVersionIn("python3.9"), (PythonVersion{3, 9}));
  EXPECT_EQ(PythonVersionIn("/usr/lib/python3/dist-packages"), std::nullopt);
  EXPECT_EQ(PythonVersionIn("///"), std::nullopt);
  EXPECT_EQ(PythonVersionIn(""), std::nullopt);
}

TEST(Prefix, IsTwoFoldersAboveAProgram) {
  EXPECT_EQ(PrefixOf("/opt/venv/bin/python3"), "/opt/venv");
  EXPECT_EQ(PrefixOf("/home/airflow/.local/bin/airflow"), "/home/airflow/.local");
  EXPECT_EQ(PrefixOf("/bin/python3"), "");
  for (const char* path : {"", "/", "python3", "bin/python3", "/opt/python3", "/sbin/python"}) {
    EXPECT_EQ(PrefixOf(path), std::nullopt) << path;
  }
}

TEST(ProgramPaths, AreTheFirstAbsoluteWords) {
  const std::string nul(1, '\0');
  EXPECT_THAT(ProgramPaths("/usr/bin/python3.12" + nul + "/h/.local/bin/airflow" + nul +
                           "scheduler" + nul + "/secret" + nul),
              ElementsAre("/usr/bin/python3.12", "/h/.local/bin/airflow"));
  EXPECT_THAT(ProgramPaths("python" + nul + "/h/airflow" + nul), ElementsAre("/h/airflow"));
  // The 2.x LocalExecutor's scheduler: one title with blanks.
  EXPECT_THAT(ProgramPaths("/usr/local/bin/python /h/bin/airflow scheduler" + nul + nul),
              ElementsAre("/usr/local/bin/python", "/h/bin/airflow"));
  EXPECT_THAT(ProgramPaths("[celeryd: celery@w:MainProcess] -active- (celery worker)"), IsEmpty());
  EXPECT_THAT(ProgramPaths("airflow worker -- LocalExecutor"), IsEmpty());
  EXPECT_THAT(ProgramPaths(""), IsEmpty());
  EXPECT_THAT(ProgramPaths(std::string(100, '\0')), IsEmpty());
}

TEST(PackageFolders, AreThoseThatSomethingIsMappedFrom) {
  EXPECT_THAT(PackageFoldersIn(
                  "7f00-7f01 r-xp 00000000 fe:01 12   /opt/v/lib/python3.12/site-packages/a.so\n"
                  "7f01-7f02 r--p 00000000 fe:01 12   /opt/v/lib/python3.12/site-packages/a.so\n"
                  "7f02-7f03 r-xp 00000000 fe:01 13   /usr/lib/python3/dist-packages/b/c.so\n"
                  "7f03-7f04 rw-p 00000000 00:00 0    [heap]\n"
                  "7f04-7f05 r-xp 00000000 fe:01 14   /usr/bin/python3.12\n"),
              ElementsAre("/opt/v/lib/python3.12/site-packages", "/usr/lib/python3/dist-packages"));
  EXPECT_THAT(PackageFoldersIn(""), IsEmpty());
  EXPECT_THAT(PackageFoldersIn("/site-packages"), IsEmpty());
  EXPECT_THAT(PackageFoldersIn(std::string(1000, '\0')), IsEmpty());
  std::string many;
  for (int folder = 0; folder < 100; ++folder) {
    many += "/v" + std::to_string(folder) + "/site-packages/x.so\n";
  }
  EXPECT_EQ(PackageFoldersIn(many).size(), 4U);
}

}  // namespace
}  // namespace airflow_host
