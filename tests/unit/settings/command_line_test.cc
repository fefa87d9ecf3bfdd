#include "exporter/settings/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/settings/settings_fixture.h"

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CommandLineTest : public SettingsTest {
 protected:
  SettingsExpected<FlagValues> Parse(const std::vector<std::string>& arguments) {
    return ParseFlags(rows_, arguments);
  }
  std::vector<SettingRow> rows_ = SettingTable(kRows);
};

TEST_F(CommandLineTest, TakesValuesInBothForms) {
  const auto flags = Parse({"--log.level=debug", "--web.max-requests", "3"});
  ASSERT_TRUE(flags);
  EXPECT_THAT(flags->at("log.level"), ElementsAre("debug"));
  EXPECT_THAT(flags->at("web.max-requests"), ElementsAre("3"));
  EXPECT_EQ(flags->size(), 2U);
}

TEST_F(CommandLineTest, GathersRepeatedLists) {
  const auto flags = Parse({"--web.listen-address=:1,:2", "--web.listen-address", "[::1]:3"});
  ASSERT_TRUE(flags);
  EXPECT_THAT(flags->at("web.listen-address"), ElementsAre(":1,:2", "[::1]:3"));
}

TEST_F(CommandLineTest, KnowsSwitchesAndTheirNegation) {
  const auto flags = Parse({"--no-memory.lock", "--collector.oom", "--collector.host=no"});
  ASSERT_TRUE(flags);
  EXPECT_THAT(flags->at("memory.lock"), ElementsAre("false"));
  EXPECT_THAT(flags->at("collector.oom"), ElementsAre("true"));
  EXPECT_THAT(flags->at("collector.host"), ElementsAre("no"));
}

TEST_F(CommandLineTest, KeepsAnEmptyValue) {
  const auto flags = Parse({"--container.docker-socket=", "--log.level=debug"});
  ASSERT_TRUE(flags);
  EXPECT_THAT(flags->at("container.docker-socket"), ElementsAre(""));
  EXPECT_THAT(flags->at("log.level"), ElementsAre("debug"));
}

TEST_F(CommandLineTest, NothingGivenIsNothing) {
  const auto flags = Parse({});
  ASSERT_TRUE(flags);
  EXPECT_THAT(*flags, IsEmpty());
}

TEST_F(CommandLineTest, SaysWhatIsWrongInOneSentence) {
  struct Case {
    std::vector<std::string> arguments;
    const char* message;
  };
  const Case kCases[] = {
      {{"--foo"}, "unknown flag --foo; see --help"},
      {{"--foo=bar"}, "unknown flag --foo; see --help"},
      {{"-x"}, "unknown flag -x; see --help"},
      {{"--log.levle=debug"}, "unknown flag --log.levle; did you mean --log.level? See --help"},
      {{"--no-collector.hots"},
       "unknown flag --no-collector.hots; did you mean --no-collector.host? See --help"},
      {{"serve"}, "unexpected argument \"serve\": settings are given as flags; see --help"},
      {{""}, "unexpected argument \"\": settings are given as flags; see --help"},
      {{"--web.max-requests"}, "flag --web.max-requests lacks its value; see --help"},
      {{"--config.file", "--log.level=info"}, "flag --config.file lacks its value; see --help"},
      {{"--log.level=info", "--log.level=warn"}, "flag --log.level is given twice"},
      {{"--memory.lock", "--no-memory.lock"}, "flag --memory.lock is given twice"},
      {{"--check-config=no"}, "flag --check-config takes no value"},
  };
  for (const auto& [arguments, message] : kCases) {
    const auto flags = Parse(arguments);
    ASSERT_FALSE(flags) << message;
    EXPECT_EQ(flags.error().message, message);
    EXPECT_EQ(flags.error().ExitCode(), 2);
  }
}

TEST_F(CommandLineTest, NeverRepeatsAPassword) {
  for (const char* argument :
       {"--metadta.url=postgresql://u:secret@h/d", "postgresql://u:secret@h/d",
        "-postgresql://u:secret@h/d", "--postgresql://u:secret@h/d", "--no-x=redis://:secret@h"}) {
    const auto flags = Parse({argument});
    ASSERT_FALSE(flags) << argument;
    EXPECT_THAT(flags.error().message, testing::Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace airflow_host
