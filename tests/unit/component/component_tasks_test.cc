// Which task each process works on, and what the Celery workers were told to run.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/component/cmdlines.h"
#include "tests/unit/component/process_tree.h"
#include "tests/unit/component/watch.h"

namespace airflow_host {
namespace {

const std::string kUuid = "0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a01";
const std::string kOtherUuid = "0199b2f4-6a31-7c55-9d0e-2f6c1d7f8a02";

void Put(const ProcessTree& tree, int pid, int parent, const std::string& cmdline,
         const std::string& comm = "python3") {
  FakeProcess process;
  process.pid = pid;
  process.parent = parent;
  process.cmdline = cmdline;
  process.comm = comm;
  tree.Put(process);
}

TEST(ComponentTasks, OfAirflow2InACeleryWorker) {
  const ProcessTree tree;
  Put(tree, 100, 1, "[celeryd: celery@h:MainProcess] -active- (celery worker)");
  Put(tree, 110, 100, "[celeryd: celery@h:ForkPoolWorker-1]");
  Put(tree, 120, 110,
      Title("airflow task supervisor: ['airflow', 'tasks', 'run', 'sales', 'load', 'r', '--local', "
            "'--map-index', '3']"));
  Put(tree, 130, 120, Title("airflow task runner: sales load r 4711"));
  Put(tree, 140, 130, Arguments({"bash", "-c", "sleep 5"}), "bash");
  Put(tree, 150, 140, Arguments({"java", "-jar", "x.jar"}), "java");
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Process(100).task, std::nullopt);
  EXPECT_EQ(watch.Process(110).task, std::nullopt);
  for (const int pid : {120, 130, 140, 150}) {
    const auto& task = watch.Process(pid).task;
    ASSERT_TRUE(task) << pid;
    EXPECT_EQ(task->dag_id, "sales");
    EXPECT_EQ(task->task_id, "load");
    EXPECT_EQ(task->run_id, "r");
    EXPECT_EQ(task->map_index, 3) << pid;  // Which the runner's own title does not say.
  }
  EXPECT_EQ(watch.last().task_processes, 1U);
}

TEST(ComponentTasks, OfAirflow3WithARenamedPoolChild) {
  const ProcessTree tree;
  Put(tree, 100, 1, "[celeryd: celery@h:MainProcess] -active- (celery worker)");
  Put(tree, 110, 100, Title("airflow supervisor: " + kUuid));
  Watch watch(tree.path());
  watch.Walk();
  // Its last task has ended.
  EXPECT_EQ(watch.Process(110).component, Component::kCeleryWorker);
  EXPECT_TRUE(watch.Process(110).is_pool_worker);
  EXPECT_EQ(watch.Process(110).task, std::nullopt);
  EXPECT_EQ(watch.last().task_processes, 0U);
  Put(tree, 110, 100, Title("airflow supervisor: " + kOtherUuid));
  Put(tree, 120, 110, Title("airflow supervisor: " + kOtherUuid));
  Put(tree, 130, 120, Arguments({"sh"}), "sh");
  watch.Walk();
  EXPECT_EQ(watch.Process(110).task, std::nullopt);
  EXPECT_EQ(watch.Process(120).task->task_instance_id, kOtherUuid);
  EXPECT_EQ(watch.Process(130).task->task_instance_id, kOtherUuid);
  EXPECT_EQ(watch.last().task_processes, 1U);
}

TEST(ComponentTasks, OfALocalExecutor) {
  const ProcessTree tree;
  Put(tree, 100, 1, Cli({"scheduler"}));
  Put(tree, 110, 100, Title("airflow worker -- LocalExecutor: " + kUuid));
  Put(tree, 120, 110, Title("airflow worker -- " + kUuid));
  Put(tree, 130, 100, Title("airflow worker -- LocalExecutor: <idle>"));
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Process(110).task, std::nullopt);
  EXPECT_EQ(watch.Process(120).task->task_instance_id, kUuid);
  EXPECT_EQ(watch.Process(130).task, std::nullopt);
}

TEST(ComponentTasks, TheEdgeSupervisorNamesWhatItsTaskOnlyNumbers) {
  const ProcessTree tree;
  Put(tree, 100, 1, Title("airflow edge worker: edge-1"));
  Put(tree, 110, 100,
      Title("airflow edge supervisor: dag_id=d task_id=t run_id=r map_index=-1 try_number=2"));
  Put(tree, 120, 110, Title("airflow worker -- " + kUuid));
  Watch watch(tree.path());
  watch.Walk();
  watch.Walk();
  const auto& task = watch.Process(120).task;
  ASSERT_TRUE(task);
  EXPECT_EQ(task->task_instance_id, kUuid);
  EXPECT_EQ(task->dag_id, "d");
  EXPECT_EQ(task->try_number, 2);
}

TEST(ComponentTasks, ATaskThatRunsAnotherByHandIsTwoTasks) {
  const ProcessTree tree;
  Put(tree, 110, 1, Title("airflow task runner: sales load r 4711"));
  Put(tree, 120, 110, Cli({"tasks", "test", "sales", "other"}));
  Watch watch(tree.path());
  watch.Walk();
  EXPECT_EQ(watch.Process(110).task->task_id, "load");
  EXPECT_EQ(watch.Process(120).task->task_id, "other");
}

TEST(ComponentTasks, ChangesWithTheTitle) {
  const ProcessTree tree;
  Put(tree, 110, 1, Title("airflow worker -- " + kUuid));
  Watch watch(tree.path());
  watch.Walk();
  Put(tree, 110, 1, Title("airflow worker -- " + kOtherUuid));
  watch.Walk();
  EXPECT_EQ(watch.Process(110).task->task_instance_id, kOtherUuid);
}

TEST(ComponentTasks, WorkersAddUpTheirConcurrency) {
  const ProcessTree tree;
  Put(tree, 100, 1, Title("[celeryd: celery@a:MainProcess] -active- (celery worker -c 4)"));
  Put(tree, 110, 100, Title("[celeryd: celery@a:ForkPoolWorker-1]"));
  Watch watch(tree.path());
  EXPECT_EQ(watch.Walk().WorkerConcurrency(), 4U);
  Put(tree, 200, 1, Title("[celeryd: celery@b:MainProcess] -active- (celery worker -c 2)"));
  EXPECT_EQ(watch.Walk().WorkerConcurrency(), 6U);
  // The configuration of this one is not known: half of the sum would pass for the whole.
  Put(tree, 300, 1, Title("[celeryd: celery@c:MainProcess] -active- (celery worker)"));
  EXPECT_EQ(watch.Walk().WorkerConcurrency(), std::nullopt);
  EXPECT_EQ(ComponentObservation().WorkerConcurrency(), std::nullopt);
}

TEST(ComponentNeighbours, BearTheUsersNames) {
  const ProcessTree tree;
  Put(tree, 100, 1, Arguments({"/usr/sbin/mysqld"}), "mysqld");
  Put(tree, 110, 1, Arguments({"python3", "/usr/bin/dbt", "run"}));
  Put(tree, 120, 1, Arguments({"java", "-jar", "x.jar"}), "java");
  Put(tree, 130, 1, Cli({"scheduler"}), "mysqld");  // Airflow's titles come first.
  Put(tree, 140, 130, Arguments({"mysqld_safe"}), "mysqld_safe");
  ComponentSettings settings;
  settings.neighbours = {{"mysql", {"mysqld*"}}, {"dbt", {"*dbt run*"}}};
  Watch watch(tree.path(), settings);
  EXPECT_EQ(watch.Processes(), (Counts{{"mysql", 1}, {"dbt", 1}, {"java", 1}, {"scheduler", 2}}));
  EXPECT_EQ(watch.Of(NeighbourAt(0)).restarts, std::nullopt);
  EXPECT_EQ(watch.last().NameOf(NeighbourAt(5)), "neighbour");
}

TEST(ComponentNeighbours, TheUsersGroupsBeatTheProgramsOwn) {
  const ProcessTree tree;
  Put(tree, 100, 1, Arguments({"java", "org.apache.kafka.connect.cli.ConnectDistributed"}), "java");
  ComponentSettings settings;
  settings.neighbours = {{"connect", {"*ConnectDistributed"}}};
  Watch watch(tree.path(), settings);
  EXPECT_EQ(watch.Processes(), (Counts{{"connect", 1}}));
}

}  // namespace
}  // namespace airflow_host
