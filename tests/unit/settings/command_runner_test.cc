#include "exporter/settings/command_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

const Environment kEnvironment{{"PATH", "/usr/bin:/bin"}, {"GREETING", "hello"}};

TEST(RunCommand, GivesTheOutputWithoutBlanks) {
  const auto output =
      RunCommand({"sh", "-c", "echo \"  $GREETING $0 \""}, kEnvironment, SystemClock());
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(*output, "hello sh");
}

TEST(RunCommand, PassesArgumentsWithoutAShell) {
  const auto output = RunCommand({"printf", "%s", "$GREETING;|'"}, kEnvironment, SystemClock());
  ASSERT_TRUE(output);
  EXPECT_EQ(*output, "$GREETING;|'");
}

TEST(RunCommand, DropsStandardError) {
  const auto output = RunCommand({"sh", "-c", "echo secret >&2"}, kEnvironment, SystemClock());
  ASSERT_TRUE(output);
  EXPECT_EQ(*output, "");
}

TEST(RunCommand, TellsFailuresWithoutCommandOrOutput) {
  const std::pair<std::vector<std::string>, const char*> kCases[] = {
      {{}, "is empty"},
      {{"/nowhere/secret"}, "cannot start its program: No such file or directory"},
      {{"sh", "-c", "echo secret; exit 3"}, "failed with exit code 3"},
      {{"sh", "-c", "kill -9 $$ # secret"}, "was killed by signal 9"},
      {{"sh", "-c", "yes secret | head -c 100000"}, "wrote more than 64 KiB"},
  };
  for (const auto& [words, message] : kCases) {
    const auto output = RunCommand(words, kEnvironment, SystemClock());
    ASSERT_FALSE(output);
    EXPECT_THAT(output.error().message, HasSubstr(message));
    EXPECT_THAT(output.error().message, Not(HasSubstr("secret")));
  }
}

TEST(RunCommand, KillsWhatDoesNotEnd) {
  // The first keeps the pipe open, the second closes it and stays.
  for (const char* script : {"sleep 600 & sleep 600", "exec >&-; sleep 600"}) {
    const auto output =
        RunCommand({"sh", "-c", script}, kEnvironment, SystemClock(), milliseconds(100));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().kind, ErrorKind::kTimedOut);
    EXPECT_THAT(output.error().message, HasSubstr("did not end within 100 ms"));
  }
}

}  // namespace
}  // namespace airflow_host
