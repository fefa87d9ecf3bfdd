#include "exporter/settings/airflow_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr AirflowOption kUrl{"database", "sql_alchemy_conn", "core", "sql_alchemy_conn", true};
constexpr AirflowOption kPlain{"operators", "default_queue", "celery", "default_queue", false};

/// "cmd:" and the words of the command in place of its output; none of "empty".
Expected<std::string> Echo(const std::vector<std::string>& words) {
  if (words.front() == "empty") return std::string();
  if (words.front() == "broken") return Fail(ErrorKind::kFailed, "failed with exit code 1");
  return "cmd:" + words.front();
}

/// What Airflow's configuration says: the value and its origin, or the error.
std::string Look(const AirflowOption& option, const Environment& environment,
                 const std::string& file, bool allowed = true) {
  AirflowConfiguration airflow(environment, "/h",
                               allowed ? AirflowConfiguration::Runner(Echo) : nullptr);
  airflow.UseFile(*ParseAirflowConfigFile(file), "/a.cfg");
  const auto value = airflow.Get(option);
  if (!value) return "error: " + value.error().message;
  return *value ? (*value)->text + " from " + (*value)->origin : "nothing";
}

constexpr const char* kDatabase = "[database]\nsql_alchemy_conn = file\n";
constexpr const char* kCore = "[core]\nsql_alchemy_conn = older\n";
constexpr const char* kVariable = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN";
constexpr const char* kOlderVariable = "AIRFLOW__CORE__SQL_ALCHEMY_CONN";

TEST(AirflowConfiguration, SearchesInAirflowsOrder) {
  struct Case {
    Environment environment;
    std::string file;
    std::string expected;
  };
  const std::string name = kVariable;
  const std::string older = kOlderVariable;
  const std::string both = std::string(kCore) + kDatabase;
  const Case kCases[] = {
      {{}, "", "nothing"},
      {{{name, "v"}, {name + "_CMD", "c"}, {older, "o"}},
       both,
       "v from environment variable " + name},
      {{{name + "_CMD", "c x"}, {older, "o"}},
       both,
       "cmd:c from environment variable " + name + "_CMD"},
      {{{older, "o"}}, both, "o from environment variable " + older},
      {{{older + "_CMD", "c"}}, both, "cmd:c from environment variable " + older + "_CMD"},
      {{}, both, "file from /a.cfg [database] sql_alchemy_conn"},
      {{}, kCore, "older from /a.cfg [core] sql_alchemy_conn"},
      {{},
       "[core]\nsql_alchemy_conn = o\n[database]\nsql_alchemy_conn_cmd = c\n",
       "o from /a.cfg [core] sql_alchemy_conn"},
      {{},
       "[database]\nsql_alchemy_conn_cmd = c\n",
       "cmd:c from /a.cfg [database] sql_alchemy_conn_cmd"},
      {{}, "[core]\nsql_alchemy_conn_cmd = c\n", "cmd:c from /a.cfg [core] sql_alchemy_conn_cmd"},
      {{},
       "[database]\nsql_alchemy_conn_cmd = empty\n[core]\nsql_alchemy_conn_cmd = c\n",
       "cmd:c from /a.cfg [core] sql_alchemy_conn_cmd"},
      {{{name + "_CMD", "empty"}}, both, " from environment variable " + name + "_CMD"},
      {{{name, ""}}, both, " from environment variable " + name},
      {{{name, "$X/~"}, {"X", "x"}}, "", "x/~ from environment variable " + name},
      {{{"X", "x"}},
       "[database]\nsql_alchemy_conn = ${X}%%\n",
       "x% from /a.cfg [database] sql_alchemy_conn"},
  };
  for (const auto& [environment, file, expected] : kCases) {
    EXPECT_EQ(Look(kUrl, environment, file), expected);
  }
}

TEST(AirflowConfiguration, CommandsAndSecretsCountForSensitiveOptionsOnly) {
  EXPECT_EQ(Look(kPlain,
                 {{"AIRFLOW__OPERATORS__DEFAULT_QUEUE_CMD", "c"},
                  {"AIRFLOW__OPERATORS__DEFAULT_QUEUE_SECRET", "s"}},
                 "[operators]\ndefault_queue_cmd = c\ndefault_queue_secret = s\n"),
            "nothing");
  EXPECT_EQ(Look(kPlain, {{"AIRFLOW__CELERY__DEFAULT_QUEUE", "q"}}, ""),
            "q from environment variable AIRFLOW__CELERY__DEFAULT_QUEUE");
}

TEST(AirflowConfiguration, RefusesCommandsUnlessAllowed) {
  const std::string name = kVariable;
  EXPECT_THAT(Look(kUrl, {{name + "_CMD", "cat secret"}}, kDatabase, false),
              AllOf(HasSubstr("error: environment variable " + name + "_CMD names a command"),
                    HasSubstr("--airflow.allow-commands")));
  EXPECT_THAT(Look(kUrl, {}, "[database]\nsql_alchemy_conn_cmd = cat secret\n", false),
              HasSubstr("error: /a.cfg [database] sql_alchemy_conn_cmd names a command"));
}

TEST(AirflowConfiguration, RefusesSecretsBackends) {
  const std::string name = kVariable;
  EXPECT_THAT(
      Look(kUrl, {{name + "_SECRET", "path"}}, kDatabase),
      HasSubstr("error: environment variable " + name + "_SECRET names an entry of a secrets"));
  EXPECT_THAT(
      Look(kUrl, {}, "[core]\nsql_alchemy_conn_secret = path\n"),
      HasSubstr("error: /a.cfg [core] sql_alchemy_conn_secret names an entry of a secrets"));
}

TEST(AirflowConfiguration, SaysWhichCommandOrValueIsBroken) {
  const std::string name = kVariable;
  EXPECT_EQ(Look(kUrl, {{name + "_CMD", "broken secret"}}, kDatabase),
            "error: the command of environment variable " + name + "_CMD failed with exit code 1");
  EXPECT_EQ(Look(kUrl, {{name + "_CMD", "secret 'x"}}, kDatabase),
            "error: the command of environment variable " + name +
                "_CMD cannot be split into words: a quotation mark is not closed");
  EXPECT_THAT(Look(kUrl, {{name, "$" + name + "x"}, {name + "x", "$" + name + "x y"}}, kDatabase),
              HasSubstr("error: environment variable " + name + " refers to variables"));
  EXPECT_THAT(Look(kUrl, {}, "[database]\nsql_alchemy_conn = a%b\n"),
              HasSubstr("error: /a.cfg [database] sql_alchemy_conn holds a %"));
}

TEST(AirflowConfiguration, WorksWithoutAFile) {
  const Environment environment{{kVariable, "v"}};
  const AirflowConfiguration airflow(environment, "/h", nullptr);
  EXPECT_EQ((*airflow.Get(kUrl))->text, "v");
  EXPECT_FALSE(airflow.Get(kPlain)->has_value());
}

}  // namespace
}  // namespace airflow_host
