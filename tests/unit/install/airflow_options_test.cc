#include "collectors/component/install/airflow_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What an option is: "value from source"; "" where it is not known.
template <typename T>
std::string Text(const MaybeInstallValue<T>& value) {
  if (!value) return "";
  std::string text;
  if constexpr (std::is_same_v<T, std::string>) {
    text = value->value;
  } else {
    text = std::to_string(value->value);
  }
  return text + " " + std::string(InstallSourceName(value->source));
}

struct Given {
  Environment variables;
  std::string file;
  std::string version = "2.10.5";
  bool complete = true;
};

InstallFacts Read(const Given& given) {
  InstallFacts facts;
  if (!given.version.empty()) facts.version = {given.version, InstallSource::kDistInfo};
  const auto file = ParseAirflowConfigFile(given.file);
  EXPECT_TRUE(file);
  AddOptions({&given.variables, file ? &*file : nullptr, "/home/airflow", given.complete}, facts);
  return facts;
}

TEST(AirflowOptions, TheEnvironmentOutweighsTheFile) {
  const auto facts = Read({{{"AIRFLOW__CORE__EXECUTOR", "CeleryExecutor"},
                            {"AIRFLOW__SCHEDULER__NUM_RUNS", " 100 "},
                            {"AIRFLOW__TRACES__OTEL_ON", "True"}},
                           "[core]\nexecutor = LocalExecutor\nparallelism = 64 # comment\n"
                           "[celery]\nworker_concurrency = 8\nsync_parallelism = 1\n"
                           "worker_autoscale = 12,4\n[traces]\notel_on = f\n"});
  EXPECT_EQ(Text(facts.executor), "CeleryExecutor environ");
  EXPECT_EQ(Text(facts.number(InstallNumber::kNumRuns)), "100 environ");
  EXPECT_EQ(Text(facts.number(InstallNumber::kParallelism)), "64 airflow.cfg");
  EXPECT_EQ(Text(facts.number(InstallNumber::kWorkerConcurrency)), "8 airflow.cfg");
  EXPECT_EQ(Text(facts.number(InstallNumber::kWorkerAutoscaleMax)), "12 airflow.cfg");
  EXPECT_EQ(Text(facts.number(InstallNumber::kSyncParallelism)), "1 airflow.cfg");
  EXPECT_EQ(Text(facts.otel_traces), "1 environ");
}

TEST(AirflowOptions, DefaultsHoldWhereBothSourcesWereReadAndAreSilent) {
  auto facts = Read({});
  EXPECT_EQ(Text(facts.executor), "SequentialExecutor default");
  EXPECT_EQ(Text(facts.number(InstallNumber::kNumRuns)), "-1 default");
  EXPECT_EQ(Text(facts.number(InstallNumber::kParallelism)), "32 default");
  EXPECT_EQ(Text(facts.number(InstallNumber::kWorkerConcurrency)), "") << "no Celery provider";
  EXPECT_EQ(Text(facts.otel_traces), "0 default");
  facts = Read({{}, "", "3.1.3"});
  EXPECT_EQ(Text(facts.executor), "LocalExecutor default");
  facts = Read({{}, "", "2.2.5"});
  EXPECT_EQ(Text(facts.number(InstallNumber::kWorkerConcurrency)), "16 default");
  EXPECT_EQ(Text(facts.otel_traces), "") << "there were no traces before 2.10";
}

TEST(AirflowOptions, NothingIsTakenForADefaultThatMayBeSetElsewhere) {
  auto facts = Read({{}, "", "2.10.5", false});
  EXPECT_EQ(facts, Read({{}, "", "2.10.5", false}));
  EXPECT_EQ(Text(facts.executor), "");
  EXPECT_EQ(Text(facts.number(InstallNumber::kParallelism)), "");
  EXPECT_EQ(Text(facts.otel_traces), "");
  facts = Read({{}, "", ""});
  EXPECT_EQ(Text(facts.executor), "") << "it depends on the version";
}

TEST(AirflowOptions, WhatIsNotUnderstoodStaysUnknown) {
  const auto facts = Read({{{"AIRFLOW__CORE__EXECUTOR", "$MY_EXECUTOR"},
                            {"AIRFLOW__SCHEDULER__NUM_RUNS", "many"},
                            {"AIRFLOW__CORE__PARALLELISM", "99999999999999999999"},
                            {"AIRFLOW__TRACES__OTEL_ON", "yes"}},
                           "[core]\nexecutor = LocalExecutor\nparallelism = 64\n[scheduler]\n"
                           "num_runs = 5\n[celery]\nworker_concurrency = 8%\n"
                           "worker_autoscale = ,\nsync_parallelism =\n[traces]\notel_on = True\n"});
  EXPECT_EQ(Text(facts.executor), "");
  for (const auto& number : facts.numbers) EXPECT_EQ(Text(number), "");
  EXPECT_EQ(Text(facts.otel_traces), "");
}

TEST(AirflowOptions, AnEmptyExecutorIsNone) {
  EXPECT_EQ(Text(Read({{{"AIRFLOW__CORE__EXECUTOR", ""}}, "", "3.1.3"}).executor), "");
}

TEST(AirflowConfigPaths, FollowAirflowsRules) {
  const auto paths = [](const Environment& variables) {
    return ConfigPaths(&variables, "/home/airflow");
  };
  EXPECT_THAT(paths({}), ElementsAre("/home/airflow/airflow/airflow.cfg"));
  EXPECT_THAT(paths({{"AIRFLOW_HOME", "/opt/airflow"}}), ElementsAre("/opt/airflow/airflow.cfg"));
  EXPECT_THAT(paths({{"AIRFLOW_HOME", "~/af"}}), ElementsAre("/home/airflow/af/airflow.cfg"));
  EXPECT_THAT(
      paths({{"AIRFLOW_HOME", "/opt/airflow"}, {"AIRFLOW_CONFIG", "$AIRFLOW_HOME/c/a.cfg"}}),
      ElementsAre("/opt/airflow/c/a.cfg"));
  EXPECT_THAT(paths({{"AIRFLOW_HOME", "relative"}}), IsEmpty());
  EXPECT_THAT(paths({{"AIRFLOW_CONFIG", "$ELSEWHERE/airflow.cfg"}}), IsEmpty());
  EXPECT_THAT(paths({{"AIRFLOW_CONFIG", "/x/$ELSEWHERE/airflow.cfg"}}), IsEmpty());
  EXPECT_THAT(ConfigPaths(nullptr, "/h"),
              ElementsAre("/h/airflow/airflow.cfg", "/opt/airflow/airflow.cfg"));
  EXPECT_THAT(ConfigPaths(nullptr, ""), ElementsAre("/opt/airflow/airflow.cfg"));
  const Environment none;
  EXPECT_THAT(ConfigPaths(&none, ""), IsEmpty());
}

TEST(WantedVariables, HoldNoSecret) {
  for (const std::string_view name : WantedVariables()) {
    for (const char* part : {"CONN", "URL", "KEY", "SECRET", "PASSWORD", "BACKEND", "TOKEN"}) {
      EXPECT_EQ(name.find(part), std::string_view::npos) << name;
    }
  }
}

}  // namespace
}  // namespace airflow_host
