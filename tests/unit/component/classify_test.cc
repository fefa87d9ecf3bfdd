// Every row of the table of Airflow's processes (2.2 to 3.3), and what must not be taken for one.
#include "collectors/component/classify.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace airflow_host {

std::ostream& operator<<(std::ostream& out, const Classification& classification) {
  constexpr const char* kRoles[] = {"main", "pool worker", "member"};
  return out << (classification.component ? ComponentName(*classification.component) : "none")
             << ", " << kRoles[static_cast<int>(classification.role)];
}

namespace {

using enum Component;
using enum Role;

constexpr Classification kNothing{};

/// "a b" with arguments: what execve leaves behind.
std::string Arguments(const std::vector<std::string>& arguments) {
  std::string cmdline;
  for (const std::string& argument : arguments) cmdline.append(argument).push_back('\0');
  return cmdline;
}

/// A title set at run time, padded as the kernel shows it.
std::string Title(const std::string& title, std::size_t padding = 120) {
  return title + std::string(padding, '\0');
}

const std::string kAirflow = "/home/airflow/.local/bin/airflow";
const std::string kPython = "/usr/python/bin/python3.12";

std::string Cli(const std::vector<std::string>& command) {
  std::vector<std::string> arguments = {kPython, kAirflow};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return Arguments(arguments);
}

struct Row {
  std::string name;
  std::string cmdline;
  std::string comm;
  Classification parent;
  Classification expected;
};

/// For GoogleTest, which would print the bytes of the struct.
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class ClassifyTable : public testing::TestWithParam<Row> {};

TEST_P(ClassifyTable, Decides) {
  const Row& row = GetParam();
  EXPECT_EQ(Classify(row.cmdline, row.comm, row.parent), row.expected);
}

std::string NameOf(const testing::TestParamInfo<Row>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Commands, ClassifyTable,
    testing::ValuesIn(std::vector<Row>{
        {"Scheduler", Cli({"scheduler"}), "airflow", {}, {kScheduler, kMain}},
        {"SchedulerWithFlags",
         Cli({"scheduler", "--num-runs", "5"}),
         "airflow",
         {},
         {kScheduler, kMain}},
        {"SchedulerOfOldPython",
         Arguments({"/usr/local/bin/python", kAirflow, "scheduler"}),
         "airflow",
         {},
         {kScheduler, kMain}},
        {"SchedulerWithoutInterpreter",
         Arguments({"airflow", "scheduler"}),
         "airflow",
         {},
         {kScheduler, kMain}},
        {"SchedulerAsModule",
         Arguments({"python", "-m", "airflow", "scheduler"}),
         "python",
         {},
         {kScheduler, kMain}},
        {"SchedulerWithPythonOptions",
         Arguments({"python3", "-X", "dev", "-u", "-W", "ignore", "/opt/bin/airflow", "scheduler"}),
         "python3",
         {},
         {kScheduler, kMain}},
        // Airflow 2 with a LocalExecutor sets the scheduler's own title: one string, no NULs.
        {"SchedulerJoinedBySpaces",
         Title("/usr/local/bin/python /home/airflow/.local/bin/airflow scheduler"),
         "/usr/local/bin/",
         {},
         {kScheduler, kMain}},
        {"HealthServerOfScheduler",
         Cli({"scheduler"}),
         "airflow",
         {kScheduler, kMain},
         {kScheduler, kMember}},
        {"SchedulerOfStandalone",
         Cli({"scheduler"}),
         "airflow",
         {kOtherAirflow, kMain},
         {kScheduler, kMain}},
        {"DagProcessor", Cli({"dag-processor"}), "airflow", {}, {kDagProcessor, kMain}},
        {"DagProcessorOfABundle",
         Cli({"dag-processor", "--bundle-name", "x"}),
         "airflow",
         {},
         {kDagProcessor, kMain}},
        {"ParserOfDagProcessor",
         Cli({"dag-processor"}),
         "airflow",
         {kDagProcessor, kMain},
         {kDagProcessor, kMember}},
        {"Triggerer", Cli({"triggerer"}), "airflow", {}, {kTriggerer, kMain}},
        {"RunnerOfTriggerer",
         Cli({"triggerer"}),
         "airflow",
         {kTriggerer, kMain},
         {kTriggerer, kMember}},
        {"ApiServerStarting", Cli({"api-server"}), "airflow", {}, {kApiServer, kMain}},
        {"Webserver", Cli({"webserver"}), "airflow", {}, {kWebserver, kMain}},
        {"CeleryWorkerStarting",
         Cli({"celery", "worker", "-q", "a,b"}),
         "airflow",
         {},
         {kCeleryWorker, kMain}},
        {"CleanupOfCeleryWorker",
         Cli({"celery", "worker"}),
         "airflow",
         {kCeleryWorker, kMain},
         {kCeleryWorker, kMember}},
        {"Flower", Cli({"celery", "flower"}), "airflow", {}, {kFlower, kMain}},
        {"EdgeWorkerStarting", Cli({"edge", "worker"}), "airflow", {}, {kEdgeWorker, kMain}},
        {"ServeLogsAlone", Cli({"serve-logs"}), "airflow", {}, {kServeLogs, kMain}},
        {"Kerberos", Cli({"kerberos"}), "airflow", {}, {kOtherAirflow, kMain}},
        {"Standalone", Cli({"standalone"}), "airflow", {}, {kOtherAirflow, kMain}},
        {"HealthCheck",
         Cli({"jobs", "check", "--job-type", "SchedulerJob"}),
         "airflow",
         {},
         {kOtherAirflow, kMain}},
        {"NoCommand", Cli({}), "airflow", {}, {kOtherAirflow, kMain}},
        {"CeleryStop", Cli({"celery", "stop"}), "airflow", {}, {kOtherAirflow, kMain}},
        {"TaskInAPod",
         Cli({"tasks", "run", "d", "t", "r", "--local"}),
         "airflow",
         {},
         {kTask, kMain}},
        {"TaskInAPodOfAirflow3",
         Arguments({"python", "-m", "airflow.sdk.execution_time.execute_workload", "--json-string",
                    R"({"token":"ey..."})"}),
         "python",
         {},
         {kTask, kMain}},
        {"CeleryToolAsWorker",
         Arguments({kPython, "/home/airflow/.local/bin/celery", "--app",
                    "airflow.providers.celery.executors.celery_executor.app", "worker"}),
         "celery",
         {},
         {kCeleryWorker, kMain}},
        {"CeleryToolAsHealthCheck",
         Arguments({kPython, "/home/airflow/.local/bin/celery", "--app",
                    "airflow.executors.celery_executor.app", "inspect", "ping", "-d", "celery@h"}),
         "celery",
         {},
         {kOtherAirflow, kMain}},
    }),
    NameOf);

const std::string kUuid = "0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01";

INSTANTIATE_TEST_SUITE_P(
    Titles, ClassifyTable,
    testing::ValuesIn(std::vector<Row>{
        {"ManagerOfScheduler",
         Title("airflow scheduler -- DagFileProcessorManager"),
         "airflow schedul",
         {kScheduler, kMain},
         {kDagProcessor, kMain}},
        {"ManagerOfDagProcessor",
         Title("airflow scheduler -- DagFileProcessorManager"),
         "airflow schedul",
         {kDagProcessor, kMain},
         {kDagProcessor, kMember}},
        {"FileProcessor",
         Title("airflow scheduler - DagFileProcessor /opt/dags/a b.py"),
         "airflow schedul",
         {kDagProcessor, kMain},
         {kDagProcessor, kMember}},
        {"OrphanedFileProcessor",
         Title("airflow scheduler - DagFileProcessor /opt/dags/a.py"),
         "airflow schedul",
         {},
         {kDagProcessor, kMember}},
        {"LocalExecutorOfAirflow2",
         Title("airflow worker -- LocalExecutor"),
         "airflow worker ",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"LocalExecutorOfAirflow2Busy",
         Title("airflow worker -- LocalExecutor: ['airflow', 'tasks', 'run', 'd', 't']"),
         "airflow worker ",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"ManagerOfLocalExecutor",
         Title("airflow executor -- LocalExecutor"),
         "airflow executo",
         {kScheduler, kMain},
         {kScheduler, kMember}},
        {"LocalExecutorOfAirflow3Idle",
         Title("airflow worker -- LocalExecutor: <idle>"),
         "airflow worker ",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"LocalExecutorOfAirflow3Busy",
         Title("airflow worker -- LocalExecutor: " + kUuid),
         "airflow worker ",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"LocalExecutorOfATeam",
         Title("airflow worker -- LocalExecutor [team]: <idle>"),
         "airflow worker ",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"ExecutorOfAPlugin",
         Title("airflow worker -- MyExecutor: x"),
         "airflow worker ",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"ForkOfALocalExecutorWorker",
         Title("airflow worker -- LocalExecutor: " + kUuid),
         "airflow worker ",
         {kScheduler, kPoolWorker},
         {kTask, kMain}},
        {"TaskOfLocalExecutor",
         Title("airflow worker -- " + kUuid),
         "airflow worker ",
         {kScheduler, kPoolWorker},
         {kTask, kMain}},
        {"CeleryMain",
         Title("[celeryd: celery@worker-0:MainProcess] -active- (celery worker --concurrency 2)"),
         "[celeryd: celer",
         {},
         {kCeleryWorker, kMain}},
        {"CeleryMainOfAnotherApp",
         Title("[celeryd: celery@worker-0:MainProcess] -active- (-A afapp worker)"),
         "[celeryd: celer",
         {},
         {kCeleryWorker, kMain}},
        {"CeleryPool",
         Title("[celeryd: celery@worker-0:ForkPoolWorker-1]"),
         "[celeryd: celer",
         {kCeleryWorker, kMain},
         {kCeleryWorker, kPoolWorker}},
        {"OrphanOfACeleryPool",
         Title("[celeryd: celery@worker-0:ForkPoolWorker-117]"),
         "[celeryd: celer",
         {},
         {kCeleryWorker, kPoolWorker}},
        {"RenamedPoolChild",
         Title("airflow supervisor: " + kUuid),
         "airflow supervi",
         {kCeleryWorker, kMain},
         {kCeleryWorker, kPoolWorker}},
        {"ForkOfARenamedPoolChild",
         Title("airflow supervisor: " + kUuid),
         "airflow supervi",
         {kCeleryWorker, kPoolWorker},
         {kTask, kMain}},
        {"RenamedLocalExecutorWorker",
         Title("airflow supervisor: " + kUuid),
         "airflow supervi",
         {kScheduler, kMain},
         {kScheduler, kPoolWorker}},
        {"SupervisorInAPod",
         Title("airflow supervisor: " + kUuid),
         "airflow supervi",
         {},
         {kTask, kMain}},
        {"TaskOfCelery",
         Title("airflow worker -- " + kUuid),
         "airflow worker ",
         {kCeleryWorker, kPoolWorker},
         {kTask, kMain}},
        {"TaskSupervisor",
         Title("airflow task supervisor: ['airflow', 'tasks', 'run', 'd']"),
         "airflow task su",
         {kCeleryWorker, kPoolWorker},
         {kTask, kMain}},
        {"TaskRunner",
         Title("airflow task runner: d t scheduled__2026-11-21 4711"),
         "airflow task ru",
         {kTask, kMain},
         {kTask, kMember}},
        {"OrphanedTaskRunner",
         Title("airflow task runner: d t scheduled__2026-11-21 4711"),
         "airflow task ru",
         {},
         {kTask, kMain}},
        {"OpenLineageOfATask",
         Title("airflow task runner: d t r 1 - OpenLineage - on_success"),
         "airflow task ru",
         {kTask, kMember},
         {kTask, kMember}},
        {"OpenLineageOfTheScheduler",
         Title(kPython + " " + kAirflow + " scheduler - OpenLineage - emit"),
         "/usr/python/bin",
         {kScheduler, kMain},
         {kScheduler, kMember}},
        {"EdgeWorker",
         Title("airflow edge worker: edge-1"),
         "airflow edge wo",
         {},
         {kEdgeWorker, kMain}},
        {"EdgeSupervisor",
         Title("airflow edge supervisor: dag_id=d task_id=t run_id=r map_index=-1 try_number=1"),
         "airflow edge su",
         {kEdgeWorker, kMain},
         {kTask, kMain}},
        {"ServeLogsOfAWorker",
         Title("airflow serve-logs"),
         "airflow serve-l",
         {kCeleryWorker, kMain},
         {kServeLogs, kMain}},
        {"GunicornServingLogs",
         Title("gunicorn: master [gunicorn]"),
         "gunicorn: maste",
         {kCeleryWorker, kMain},
         {kServeLogs, kMain}},
        {"GunicornServingLogsOfScheduler",
         Title("gunicorn: master [gunicorn]"),
         "gunicorn: maste",
         {kScheduler, kMain},
         {kServeLogs, kMain}},
        {"GunicornWorkerServingLogs",
         Title("gunicorn: worker [gunicorn]"),
         "gunicorn: worke",
         {kServeLogs, kMain},
         {kServeLogs, kMember}},
        {"ApiServer",
         Title("airflow api_server -- host:0.0.0.0 port:8080"),
         "airflow api_ser",
         {},
         {kApiServer, kMain}},
        {"SpawnedApiWorker",
         Arguments({kPython, "-c", "from multiprocessing.spawn import spawn_main; spawn_main(8)",
                    "--multiprocessing-fork"}),
         "python3.12",
         {kApiServer, kMain},
         {kApiServer, kMember}},
        {"GunicornApiWorker",
         Title("[ready] airflow api-server worker"),
         "[ready] airflow",
         {},
         {kApiServer, kMember}},
        {"WebserverMaster",
         Title("gunicorn: master [airflow-webserver]"),
         "gunicorn: maste",
         {kWebserver, kMain},
         {kWebserver, kMember}},
        {"WebserverMasterAlone",
         Title("gunicorn: master [airflow-webserver]"),
         "gunicorn: maste",
         {},
         {kWebserver, kMain}},
        {"WebserverWorkerReady",
         Title("[ready] gunicorn: worker [airflow-webserver]"),
         "[ready] gunicor",
         {kWebserver, kMember},
         {kWebserver, kMember}},
        {"WebserverWorkerStarting",
         Title("gunicorn: worker [airflow-webserver]"),
         "gunicorn: worke",
         {kWebserver, kMember},
         {kWebserver, kMember}},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Others, ClassifyTable,
    testing::ValuesIn(std::vector<Row>{
        {"ShellOfATask",
         Arguments({"bash", "-c", "sleep 1"}),
         "bash",
         {kTask, kMain},
         {kTask, kMember}},
        {"SparkOfATask",
         Arguments({"java", "org.apache.spark.deploy.SparkSubmit"}),
         "java",
         {kTask, kMember},
         {kTask, kMember}},
        {"SchedulerStartedByATask",
         Cli({"scheduler"}),
         "airflow",
         {kTask, kMain},
         {kTask, kMember}},
        {"HelperOfTheScheduler",
         Arguments({"git", "fetch"}),
         "git",
         {kScheduler, kMain},
         {kScheduler, kMember}},
        {"Postgres",
         Arguments({"postgres", "-D", "/var/lib/postgresql"}),
         "postgres",
         {},
         {kPostgres, kMain}},
        {"PostgresBackend",
         Title("postgres: airflow airflow 172.18.0.5(1) idle"),
         "postgres",
         {kPostgres, kMain},
         {kPostgres, kMember}},
        {"PostgresInAContainer",
         Arguments({"postgres"}),
         "postgres",
         {kDocker, kMember},
         {kPostgres, kMain}},
        {"Redis", Title("redis-server *:6379"), "redis-server", {}, {kRedis, kMain}},
        {"Kafka",
         Arguments({"/opt/java/bin/java", "-Xmx1G", "-cp", "/opt/kafka/libs/*", "kafka.Kafka"}),
         "java",
         {},
         {kKafka, kMain}},
        {"Spark",
         Arguments({"java", "-cp", "x", "org.apache.spark.deploy.master.Master"}),
         "java",
         {},
         {kSpark, kMain}},
        {"Dockerd", Arguments({"/usr/bin/dockerd"}), "dockerd", {}, {kDocker, kMain}},
        {"Shim",
         Arguments({"/usr/bin/containerd-shim-runc-v2", "-id", "x"}),
         "containerd-shim",
         {},
         {kDocker, kMember}},
        // A container's processes are children of its shim, and not the engine's.
        {"Container", Arguments({"nginx"}), "nginx", {kDocker, kMember}, kNothing},
        {"OtherJava", Arguments({"java", "-jar", "x.jar"}), "java", {}, kNothing},
        // These wait for Airflow, and are none of it.
        {"DumbInit",
         Arguments({"/usr/bin/dumb-init", "--", "/entrypoint", "scheduler"}),
         "dumb-init",
         {},
         kNothing},
        {"EntryPoint",
         Arguments({"/bin/bash", "/entrypoint", "scheduler"}),
         "entrypoint",
         {},
         kNothing},
        {"ShellAroundAirflow",
         Arguments({"bash", "-c", "airflow scheduler"}),
         "bash",
         {},
         kNothing},
        {"Sudo",
         Arguments({"sudo", "-u", "airflow", "airflow", "scheduler"}),
         "sudo",
         {},
         kNothing},
        {"Grep", Arguments({"grep", "airflow", "scheduler"}), "grep", {}, kNothing},
        {"Editor", Arguments({"vim", "/opt/airflow"}), "vim", {}, kNothing},
        {"AlienPython",
         Arguments({"python3", "/opt/app/scheduler.py", "airflow"}),
         "python3",
         {},
         kNothing},
        {"AlienGunicorn", Title("gunicorn: master [shop]"), "gunicorn: maste", {}, kNothing},
        {"AlienCeleryTool",
         Arguments({"python", "/usr/bin/celery", "-A", "shop", "inspect"}),
         "celery",
         {},
         kNothing},
        {"CodeThatNamesAirflow",
         Arguments({"python", "-c", "import airflow; scheduler"}),
         "python",
         {},
         kNothing},
        {"Empty", "", "kthreadd", {}, kNothing},
        {"OnlyNuls", std::string(50, '\0'), "x", {}, kNothing},
        {"OnlySpaces", "   ", "x", {}, kNothing},
        {"OnlyPython", Arguments({"python3"}), "python3", {}, kNothing},
        {"CutOffTitle", "[celeryd: cel", "[celeryd: celer", {}, kNothing},
        {"Bytes", "\xff\xfe[]:]", "\xff", {}, kNothing},
    }),
    NameOf);

TEST(ClassifyTitle, KnowsTheApiServersGunicornByItsWorkers) {
  EXPECT_EQ(ClassifyTitle(TitleKind::kGunicornMaster, {}, true),
            (Classification{kApiServer, kMain}));
  EXPECT_EQ(ClassifyTitle(TitleKind::kGunicornMaster, {}, false), kNothing);
  EXPECT_EQ(ClassifyTitle(TitleKind::kGunicornMaster, {kApiServer, kMain}, true),
            (Classification{kApiServer, kMember}));
}

TEST(ComponentName, NamesEachComponentOnce) {
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at < kComponentCount; ++at) {
    const std::string_view name = ComponentName(ComponentAt(at));
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 0) << name;
    names.push_back(name);
  }
  EXPECT_EQ(ComponentName(kTask), "task");
  EXPECT_EQ(ComponentName(kOtherAirflow), "other_airflow");
  EXPECT_EQ(ComponentName(kDocker), "docker");
}

}  // namespace
}  // namespace airflow_host
