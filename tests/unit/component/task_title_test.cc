// Every title that names a task, from 2.2 to 3.3, and what must not be taken for one.
#include "collectors/component/task_title.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "collectors/component/task_command.h"
#include "collectors/component/task_workload.h"
#include "tests/unit/component/cmdlines.h"

namespace airflow_host {
namespace {

using testing::ElementsAre;

const std::string kUuid = "0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01";
const std::string kToken = "eyJhbGciOiJIUzUxMiJ9.c2VjcmV0.xyz";

TaskIdentity Named(const std::string& dag, const std::string& task, const std::string& run,
                   std::optional<int> map_index = {}, std::optional<int> try_number = {}) {
  TaskIdentity identity;
  identity.dag_id = dag;
  identity.task_id = task;
  identity.run_id = run;
  identity.map_index = map_index;
  identity.try_number = try_number;
  return identity;
}

TaskIdentity WithId(const std::string& id) {
  TaskIdentity identity;
  identity.task_instance_id = id;
  return identity;
}

struct Row {
  std::string name;
  std::string cmdline;
  std::optional<TaskIdentity> expected;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class TaskTitleTable : public testing::TestWithParam<Row> {};

TEST_P(TaskTitleTable, Tells) {
  const auto task = ParseTaskTitle(GetParam().cmdline);
  ASSERT_EQ(task.has_value(), GetParam().expected.has_value());
  if (!task) return;
  EXPECT_EQ(task->task_instance_id, GetParam().expected->task_instance_id);
  EXPECT_EQ(task->dag_id, GetParam().expected->dag_id);
  EXPECT_EQ(task->task_id, GetParam().expected->task_id);
  EXPECT_EQ(task->run_id, GetParam().expected->run_id);
  EXPECT_EQ(task->map_index, GetParam().expected->map_index);
  EXPECT_EQ(task->try_number, GetParam().expected->try_number);
}

std::string NameOf(const testing::TestParamInfo<Row>& info) { return info.param.name; }

const std::string kRun = "scheduled__2026-11-21T00:00:00+00:00";

INSTANTIATE_TEST_SUITE_P(
    Airflow2, TaskTitleTable,
    testing::ValuesIn(std::vector<Row>{
        {"Runner", Title("airflow task runner: sales load " + kRun + " 4711"),
         Named("sales", "load", kRun)},
        {"RunnerOfATaskGroup", "airflow task runner: sales group.load " + kRun + " 1",
         Named("sales", "group.load", kRun)},
        {"RunnerOfARunWithSpaces", "airflow task runner: sales load my run of 5 4711",
         Named("sales", "load", "my run of 5")},
        {"RunnerOfADate", "airflow task runner: sales load 2021-01-01 00:00:00+00:00 4711",
         Named("sales", "load", "2021-01-01 00:00:00+00:00")},
        {"RunnerOfOpenLineage",
         "airflow task runner: sales load " + kRun + " 4711 - OpenLineage - on_success",
         Named("sales", "load", kRun)},
        {"RunnerCutInItsRun", "airflow task runner: sales load scheduled__2026-1",
         Named("sales", "load", "")},
        {"RunnerCutInItsTask", "airflow task runner: sales lo", std::nullopt},
        {"RunnerCutInItsDag", "airflow task runner: sal", std::nullopt},
        {"RunnerCutToNothing", "airflow task runner:", std::nullopt},
        {"RunnerWithoutNames", "airflow task runner:    ", std::nullopt},
        {"RunnerInAnotherScript", Title("airflow task runner: 매출 적재 " + kRun + " 4711"),
         Named("매출", "적재", kRun)},
        {"RunnerOfBytes", "airflow task runner: s\xff\xfe load r 1", Named("s??", "load", "r")},
        {"Supervisor",
         Title("airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', '" + kRun +
               "', '--local', '--subdir', 'DAGS_FOLDER/sales.py']"),
         Named("sales", "load", kRun)},
        {"SupervisorOfAMappedTask",
         "airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', 'r', '--job-id', "
         "'5', '--local', '--subdir', 'x.py', '--map-index', '17']",
         Named("sales", "load", "r", 17)},
        {"SupervisorWithQuotes",
         "airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', \"it's\", "
         "'--local']",
         Named("sales", "load", "it's")},
        {"SupervisorWithEscapes",
         "airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', "
         "'a\\'b\\\\c\\x41\\u00e9\\n', '--local']",
         Named("sales", "load", "a'b\\cA\u00e9?")},
        {"SupervisorCutInItsRun",
         "airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', 'sched",
         Named("sales", "load", "")},
        {"SupervisorCutInItsTask",
         "airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'lo", std::nullopt},
        {"SupervisorCutInAnEscape",
         "airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', 'a\\",
         Named("sales", "load", "")},
        {"SupervisorOfAnotherCommand",
         "airflow task supervisor: ['airflow', 'dags', 'list', 'a', 'b']", std::nullopt},
        {"LocalExecutor",
         "airflow worker -- LocalExecutor: ['airflow', 'tasks', 'run', 'sales', 'load', 'r']",
         Named("sales", "load", "r")},
        {"LocalExecutorIdle", "airflow worker -- LocalExecutor", std::nullopt},
        {"Command", Cli({"tasks", "run", "sales", "load", "my run", "--raw", "--map-index", "3"}),
         Named("sales", "load", "my run", 3)},
        {"CommandJoinedBySpaces",
         "/usr/bin/python3 /usr/bin/airflow tasks run --pool p sales load r --map-index=2 -S f",
         Named("sales", "load", "r", 2)},
        {"CommandOfATest", "airflow tasks test sales load", Named("sales", "load", "")},
        {"CommandWithoutATask", "airflow tasks run sales", std::nullopt},
        {"CommandOfAnotherKind", "airflow tasks list sales load", std::nullopt},
        {"CommandCut", "airflow tasks", std::nullopt},
        {"NegativeMapIndex", "airflow tasks run sales load r --map-index -1",
         Named("sales", "load", "r")},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Airflow3, TaskTitleTable,
    testing::ValuesIn(std::vector<Row>{
        {"Task", Title("airflow worker -- " + kUuid), WithId(kUuid)},
        {"TaskInCapitals", "airflow worker -- 0199B2F4-6A31-7C55-9D0E-2F6C1D7F8A01", WithId(kUuid)},
        {"TaskOfOpenLineage", "airflow worker -- " + kUuid + " - OpenLineage - emit",
         WithId(kUuid)},
        {"TaskCut", "airflow worker -- 0199b2f4-6a31-7c55-9d0e", std::nullopt},
        {"TaskOfNoUuid", "airflow worker -- 0199b2f4x6a31-7c55-9d0e-2f6c1d7f8a01", std::nullopt},
        {"Supervisor3", "airflow supervisor: " + kUuid, WithId(kUuid)},
        {"LocalExecutorIdle3", "airflow worker -- LocalExecutor: <idle>", std::nullopt},
        {"LocalExecutorBusy", "airflow worker -- LocalExecutor: " + kUuid, WithId(kUuid)},
        {"LocalExecutorOfATeam", "airflow worker -- LocalExecutor [team]: " + kUuid, WithId(kUuid)},
        {"Edge",
         Title("airflow edge supervisor: dag_id=sales task_id=load run_id=my run map_index=-1 "
               "try_number=2"),
         Named("sales", "load", "my run", {}, 2)},
        {"EdgeMapped",
         "airflow edge supervisor: dag_id=d task_id=t run_id=r map_index=4 try_number=1",
         Named("d", "t", "r", 4, 1)},
        {"EdgeCutInItsRun", "airflow edge supervisor: dag_id=d task_id=t run_id=man",
         Named("d", "t", "")},
        {"EdgeCutInItsTask", "airflow edge supervisor: dag_id=d task_id=t", std::nullopt},
        {"Pod",
         Arguments({"python", "-m", "airflow.sdk.execution_time.execute_workload", "--json-string",
                    R"({"token":")" + kToken + R"(","dag_rel_path":"a.py","ti":{"id":")" + kUuid +
                        R"(","dag_version_id":"x","task_id":"load","dag_id":"sales",)"
                        R"("run_id":"my \"run\"","try_number":1,"map_index":-1,)"
                        R"("context_carrier":{"a":["}",1]}},"type":"ExecuteTask"})"}),
         [] {
           TaskIdentity task = Named("sales", "load", "my \"run\"", {}, 1);
           task.task_instance_id = kUuid;
           return task;
         }()},
        {"PodWithSpaces",
         R"(python -m airflow.sdk.execution_time.execute_workload --json-string { "ti" : { )"
         R"("dag_id" : "sales" , "task_id" : "load" , "map_index" : 3 } })",
         Named("sales", "load", "", 3)},
        {"PodCut",
         R"(python -m airflow.sdk.execution_time.execute_workload --json-string {"ti":{"dag_id":)"
         R"("sales","task_id":"load","run_id":"man)",
         Named("sales", "load", "")},
        {"PodWithoutATask",
         R"(python -m airflow.sdk.execution_time.execute_workload --json-string {"token":"x"})",
         std::nullopt},
        {"PodWithATaskInAString",
         R"(python -m airflow.sdk.execution_time.execute_workload --json-string {"a":"\"ti\":{)"
         R"(\"dag_id\":\"d\",\"task_id\":\"t\"}"})",
         std::nullopt},
        {"PodByPath", "python -m airflow.sdk.execution_time.execute_workload --json-path /tmp/x",
         std::nullopt},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Others, TaskTitleTable,
    testing::ValuesIn(std::vector<Row>{
        {"Empty", "", std::nullopt},
        {"OnlyNuls", std::string(60, '\0'), std::nullopt},
        {"Scheduler", "airflow scheduler", std::nullopt},
        {"CeleryMain", "[celeryd: celery@h:MainProcess] -active- (celery worker)", std::nullopt},
        {"NameTooLong", "airflow task runner: " + std::string(2000, 'x') + " load r 1",
         std::nullopt},
        {"ListThatIsNone", "airflow task supervisor: [airflow, tasks", std::nullopt},
    }),
    NameOf);

TEST(ParseTaskTitle, KeepsNothingOfTheToken) {
  const std::string title =
      "python -m airflow.sdk.execution_time.execute_workload --json-string {\"token\":\"" + kToken +
      "\",\"ti\":{\"dag_id\":\"d\",\"task_id\":\"t\",\"token\":\"" + kToken + "\"}}";
  const auto task = ParseTaskTitle(title);
  ASSERT_TRUE(task);
  EXPECT_EQ(*task, Named("d", "t", ""));
}

TEST(ParsePythonList, ReadsWhatReprWrites) {
  EXPECT_THAT(ParsePythonList("['a', \"b'c\", '']"), ElementsAre("a", "b'c", ""));
  EXPECT_THAT(ParsePythonList("['\\U0001f600']"), ElementsAre("\xf0\x9f\x98\x80"));
  EXPECT_THAT(ParsePythonList("[]"), ElementsAre());
  EXPECT_THAT(ParsePythonList("['a', 5, 'b']"), ElementsAre("a"));
  EXPECT_THAT(ParsePythonList("('a',)"), ElementsAre());
  EXPECT_THAT(ParsePythonList("['\\xg1', 'b']"), ElementsAre());
}

TEST(UuidOf, WantsTheWholeShape) {
  EXPECT_EQ(UuidOf(kUuid), kUuid);
  EXPECT_EQ(UuidOf(kUuid + "0"), "");
  EXPECT_EQ(UuidOf(""), "");
  EXPECT_EQ(UuidOf("------------------------------------"), "");
}

TEST(MergeTasks, CompletesTheSameTaskOnly) {
  const TaskIdentity runner = Named("sales", "load", "r");
  EXPECT_EQ(MergeTasks(runner, Named("sales", "load", "r", 3)), Named("sales", "load", "r", 3));
  EXPECT_EQ(MergeTasks(runner, Named("sales", "other", "r", 3)), runner);
  EXPECT_EQ(MergeTasks(runner, Named("sales", "load", "r2", 3)), runner);
  EXPECT_EQ(MergeTasks(Named("sales", "load", ""), runner), runner);
  TaskIdentity both = Named("sales", "load", "r", {}, 2);
  both.task_instance_id = kUuid;
  EXPECT_EQ(MergeTasks(WithId(kUuid), Named("sales", "load", "r", {}, 2)), both);
  EXPECT_EQ(MergeTasks(WithId(kUuid), both), both);
  // A command that a task runs by hand.
  EXPECT_EQ(MergeTasks(runner, WithId(kUuid)), runner);
  const TaskIdentity another = WithId("0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a02");
  EXPECT_EQ(MergeTasks(another, both), another);
}

}  // namespace
}  // namespace airflow_host
