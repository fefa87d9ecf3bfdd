#include "exporter/insight/kill_attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;

const std::string kId(64, 'a');
const std::string kPath = "/docker/" + kId;
constexpr const char* kTaskInstance = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10";

class KillAttributionTest : public ::testing::Test {
 protected:
  ProcessSample& Process(int pid, Component component, const std::string& path = kPath) {
    ProcessSample sample;
    sample.pid = pid;
    sample.parent_pid = 1;
    sample.start_ticks = 100;
    sample.started_at = clock_.SystemNow() - seconds(60);
    sample.component = component;
    sample.cgroup_path = path;
    processes_.push_back(sample);
    return processes_.back();
  }
  void SeeProcesses() {
    ComponentObservation seen;
    seen.observed_at = clock_.SystemNow();
    seen.processes = processes_;
    kills_.Absorb(seen, clock_.SteadyNow());
  }
  void SeeContainers(const std::string& name = "worker-1", const std::string& component = "") {
    ContainerObservation seen;
    seen.observed_at = clock_.SystemNow();
    Container container;
    container.cgroup_path = kPath;
    container.id = kId;
    container.name = name;
    container.component = component;
    container.memory.limit = 1'000'000;
    container.events.oom = container_kills_;
    container.events.oom_kill = container_kills_;
    seen.containers.push_back(container);
    kills_.Absorb(seen, clock_.SteadyNow());
  }
  void SeeHost(std::uint64_t kills) {
    HostObservation seen;
    seen.observed_at = clock_.SystemNow();
    seen.paging.oom_kills = kills;
    kills_.Absorb(seen, clock_.SteadyNow());
  }
  OomKill& Kill(int pid, const std::string& path = kPath) {
    OomKill kill;
    kill.sequence = ++sequence_;
    kill.at = clock_.SystemNow();
    kill.pid = pid;
    kill.comm = "python3";
    kill.scope = OomScope::kCgroup;
    kill.task_memcg = kill.oom_memcg = path;
    log_.push_back(kill);
    return log_.back();
  }
  void SeeLog(bool readable = true) {
    OomObservation seen;
    seen.observed_at = clock_.SystemNow();
    seen.log_readable = readable;
    seen.kills = std::make_shared<const std::vector<OomKill>>(log_);
    if (sequence_ > 0) seen.last_sequence = sequence_;
    kills_.Absorb(seen, clock_.SteadyNow());
  }
  std::uint64_t Count(const std::string& component, const std::string& container,
                      const std::string& scope = "cgroup") const {
    std::uint64_t sum = 0;
    for (const KillCount& count : kills_.Report().counts) {
      if (count.component == component && count.container == container && count.scope == scope) {
        sum += count.kills;
      }
    }
    return sum;
  }
  std::uint64_t CountAll() const {
    std::uint64_t sum = 0;
    for (const KillCount& count : kills_.Report().counts) sum += count.kills;
    return sum;
  }
  /// Everything is looked at once more after `passed`.
  void Later(seconds passed) {
    clock_.Advance(passed);
    SeeProcesses();
    SeeContainers();
    SeeLog();
  }

  ManualClock clock_;
  KillAttribution kills_;
  std::vector<ProcessSample> processes_;
  std::vector<OomKill> log_;
  std::uint64_t sequence_ = 0;
  std::uint64_t container_kills_ = 0;
};

TEST_F(KillAttributionTest, KnowsWhoseProcessItWas) {
  Process(5, Component::kTask).task =
      TaskIdentity{"", "dag", "task", "run", std::nullopt, std::nullopt};
  SeeProcesses();
  SeeContainers();
  Kill(5);
  SeeLog();
  const KillReport report = kills_.Report();
  ASSERT_EQ(report.kills.size(), 1U);
  EXPECT_EQ(report.kills[0].component, "task");
  EXPECT_EQ(report.kills[0].container, "worker-1");
  EXPECT_EQ(report.kills[0].task->dag_id, "dag");
  EXPECT_EQ(report.last_kill, clock_.SystemNow());
  EXPECT_EQ(Count("task", "worker-1"), 1U);
}

TEST_F(KillAttributionTest, HasItsCountersFromTheStart) {
  Process(5, Component::kCeleryWorker);
  SeeContainers();
  SeeProcesses();
  SeeLog();
  const KillReport report = kills_.Report();
  // Those of the worker, of its tasks to come, and of whom nothing is known, for both scopes.
  EXPECT_EQ(report.counts.size(), 6U);
  EXPECT_EQ(CountAll(), 0U);
  EXPECT_FALSE(report.last_kill);
}

TEST_F(KillAttributionTest, RemembersAProcessThatHasGone) {
  Process(5, Component::kTask);
  SeeProcesses();
  SeeContainers();
  Kill(5);
  processes_.clear();
  Later(seconds(3));
  EXPECT_EQ(kills_.Report().kills[0].component, "task");
}

TEST_F(KillAttributionTest, IsNotTakenInByAPidThatIsUsedAgain) {
  Process(5, Component::kTask);
  SeeProcesses();
  processes_.clear();
  Later(seconds(5));
  clock_.Advance(seconds(30));
  Kill(5, "/");  // Another one, long after ours had ended.
  Later(seconds(20));
  EXPECT_EQ(kills_.Report().kills[0].component, "unknown");
}

TEST_F(KillAttributionTest, TakesTheSecondProcessOfAPidOnlyWhereItHadBegun) {
  Process(5, Component::kTask);
  SeeProcesses();
  SeeContainers();
  Kill(5);
  clock_.Advance(seconds(4));
  processes_.clear();
  ProcessSample& next = Process(5, Component::kScheduler);
  next.start_ticks = 900;
  next.started_at = clock_.SystemNow();
  SeeProcesses();
  SeeContainers();
  SeeLog();
  EXPECT_EQ(kills_.Report().kills[0].component, "task");
}

TEST_F(KillAttributionTest, DoesNotBelieveAPidOfAnotherContainer) {
  Process(5, Component::kTask, "/docker/" + std::string(64, 'b'));
  SeeProcesses();
  SeeContainers("worker-1", "celery_worker");
  Kill(5);
  Later(seconds(20));
  EXPECT_EQ(kills_.Report().kills[0].component, "celery_worker");
}

TEST_F(KillAttributionTest, GoesByTheContainerWhereTheProcessWasNeverSeen) {
  SeeContainers("worker-1", "celery_worker");
  Kill(77, kPath + "/below");
  Later(seconds(1));
  const AttributedKill kill = kills_.Report().kills[0];
  EXPECT_EQ(kill.component, "celery_worker");
  EXPECT_EQ(kill.container, "worker-1");
  EXPECT_EQ(Count("celery_worker", "worker-1"), 1U);
}

TEST_F(KillAttributionTest, GoesByTheNameWhereThatIsEnough) {
  SeeContainers("worker-1", "celery_worker");
  Kill(77).comm = "airflow task ru";
  Later(seconds(1));
  EXPECT_EQ(kills_.Report().kills[0].component, "task");
}

TEST_F(KillAttributionTest, GoesByTheServiceOfSystemd) {
  Process(5, Component::kScheduler, "/system.slice/airflow-scheduler.service").is_main = true;
  SeeProcesses();
  Kill(77, "/system.slice/airflow-scheduler.service");
  Later(seconds(1));
  EXPECT_EQ(kills_.Report().kills[0].component, "scheduler");
  EXPECT_EQ(kills_.Report().kills[0].container, "airflow-scheduler.service");
}

TEST_F(KillAttributionTest, CallsAContainerThatNobodyKnowsByItsShortId) {
  Kill(77);
  SeeLog();
  EXPECT_EQ(kills_.Report().kills[0].container, "aaaaaaaaaaaa");
  EXPECT_EQ(CountAll(), 0U);  // It may get a name yet.
  clock_.Advance(seconds(15));
  SeeLog();
  EXPECT_EQ(Count("unknown", "aaaaaaaaaaaa"), 1U);
}

TEST_F(KillAttributionTest, GivesAChildTheTaskOfItsParent) {
  Process(5, Component::kTask).task =
      TaskIdentity{"", "dag", "task", "run", std::nullopt, std::nullopt};
  Process(6, Component::kTask).parent_pid = 5;
  SeeProcesses();
  SeeContainers();
  Kill(6);
  SeeLog();
  EXPECT_EQ(kills_.Report().kills[0].task->task_id, "task");
}

TEST_F(KillAttributionTest, NamesATaskWhenItsNamesAreKnown) {
  Process(5, Component::kTask).task =
      TaskIdentity{kTaskInstance, "", "", "", std::nullopt, std::nullopt};
  SeeProcesses();
  SeeContainers();
  Kill(5);
  SeeLog();
  auto lookup = std::make_shared<TaskLookup>();
  TaskNames names(lookup);
  kills_.NameTasks(names, clock_.SteadyNow());
  EXPECT_FALSE(kills_.Report().kills[0].task->Named());
  EXPECT_EQ(lookup->Take(10, clock_.SteadyNow()), std::vector<std::string>{kTaskInstance});
  MetadataObservation metadata;
  TaskRow row;
  row.task_instance_id = kTaskInstance;
  row.dag_id = "dag";
  row.task_id = "task";
  row.run_id = "run";
  metadata.tasks = {row};
  names.Absorb(metadata, clock_.SteadyNow());
  kills_.NameTasks(names, clock_.SteadyNow());
  EXPECT_EQ(kills_.Report().kills[0].task->dag_id, "dag");
  Later(seconds(1));
  EXPECT_EQ(kills_.Report().kills[0].task->dag_id, "dag");
}

TEST_F(KillAttributionTest, CountsNoKillFromBeforeTheStart) {
  Kill(5).before_start = true;
  SeeLog();
  Later(seconds(20));
  const KillReport report = kills_.Report();
  EXPECT_EQ(report.kills.size(), 1U);
  EXPECT_TRUE(report.last_kill);
  EXPECT_EQ(CountAll(), 0U);
}

TEST_F(KillAttributionTest, CountsOnceOverAReload) {
  SeeLog();
  Kill(5);
  Later(seconds(20));
  EXPECT_EQ(CountAll(), 1U);
  // The collector that is made anew takes all for history, also what nobody has read.
  Kill(6);
  for (OomKill& kill : log_) kill.before_start = true;
  Later(seconds(1));
  Later(seconds(20));
  EXPECT_EQ(CountAll(), 2U);
}

TEST_F(KillAttributionTest, FillsInWhatTheLogTellsLater) {
  OomKill& kill = Kill(77, "");
  SeeLog();
  kill.task_memcg = kPath;
  SeeContainers();
  SeeLog();
  EXPECT_EQ(kills_.Report().kills[0].container, "worker-1");
}

TEST_F(KillAttributionTest, KeepsAHundredAndCountsAll) {
  SeeLog();
  for (int pid = 1; pid <= 90; ++pid) Kill(pid);
  SeeLog();
  log_.clear();
  for (int pid = 91; pid <= 180; ++pid) Kill(pid);
  SeeLog();
  EXPECT_EQ(kills_.Report().kills.size(), 100U);
  EXPECT_EQ(kills_.Report().kills.front().kill.pid, 180);
  Later(seconds(20));
  EXPECT_EQ(CountAll(), 180U);
}

TEST_F(KillAttributionTest, CountsByCgroupsAndTheHostWithoutTheLog) {
  SeeLog(false);
  SeeHost(7);
  SeeContainers("worker-1", "celery_worker");
  clock_.Advance(seconds(1));
  SeeHost(9);  // Two kills, one of which is the container's.
  container_kills_ = 1;
  clock_.Advance(seconds(4));
  SeeContainers("worker-1", "celery_worker");
  EXPECT_EQ(Count("celery_worker", "worker-1"), 1U);
  EXPECT_EQ(CountAll(), 1U);
  clock_.Advance(seconds(9));
  SeeHost(9);
  EXPECT_EQ(Count("unknown", "", "unknown"), 1U);
  EXPECT_EQ(CountAll(), 2U);
  EXPECT_TRUE(kills_.Report().last_kill);
}

TEST_F(KillAttributionTest, CountsNothingTwiceThatWasLoggedWhileTheLogCouldNotBeRead) {
  SeeLog();
  SeeHost(7);
  SeeContainers();
  clock_.Advance(seconds(1));
  SeeLog(false);
  clock_.Advance(seconds(1));
  Kill(5);
  container_kills_ = 1;
  SeeHost(8);
  SeeContainers();
  EXPECT_EQ(CountAll(), 1U);
  clock_.Advance(seconds(60));
  SeeHost(8);
  clock_.Advance(seconds(1));
  Kill(6);  // The last reading of the host's count was before.
  SeeLog();
  Later(seconds(20));
  EXPECT_EQ(kills_.Report().kills.size(), 2U);
  EXPECT_EQ(CountAll(), 2U);
}

TEST_F(KillAttributionTest, CountsNothingTwiceThatANewCollectorReadsAgain) {
  sequence_ = 50;
  for (int pid = 1; pid <= 101; ++pid) Kill(pid);  // One more than are remembered.
  SeeLog();
  OomKill first = log_.front();
  log_.erase(log_.begin());
  Later(seconds(20));
  EXPECT_EQ(CountAll(), 101U);
  // The new one begins at the log's oldest record, and does not reach its end at once.
  first.before_start = true;
  log_.clear();
  sequence_ = 50;
  SeeLog();
  log_ = {first};
  sequence_ = first.sequence;
  Later(seconds(20));
  EXPECT_EQ(CountAll(), 101U);
}

TEST_F(KillAttributionTest, HasItsCountersWithoutTheContainerCollector) {
  Process(5, Component::kScheduler);
  SeeProcesses();
  EXPECT_EQ(kills_.Report().counts.size(), 2U);  // The container may get a name yet.
  clock_.Advance(KillAttribution::kPatience);
  SeeProcesses();
  bool is_there = false;
  for (const KillCount& count : kills_.Report().counts) {
    is_there = is_there || (count.component == "scheduler" && count.container == "aaaaaaaaaaaa");
  }
  EXPECT_TRUE(is_there);
  const std::size_t before = kills_.Report().counts.size();
  SeeContainers();
  EXPECT_GT(kills_.Report().counts.size(), before);
}

TEST_F(KillAttributionTest, ShowsNamesOfServicesAsTheyArePrinted) {
  Kill(5, "/system.slice/a\x01.service");
  Kill(6, "/system.slice/a\x02.service");
  SeeLog();
  Later(seconds(20));
  EXPECT_EQ(Count("unknown", "a?.service"), 2U);
}

TEST_F(KillAttributionTest, CountsNothingTwiceThatTheLogHasTold) {
  SeeLog(true);
  SeeHost(7);
  SeeContainers();
  SeeHost(8);
  container_kills_ = 1;
  SeeContainers();
  Kill(5);
  Later(seconds(20));
  SeeHost(8);
  EXPECT_EQ(CountAll(), 1U);
}

}  // namespace
}  // namespace airflow_host
