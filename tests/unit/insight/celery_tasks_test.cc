#include "exporter/insight/celery_tasks.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace airflow_host {
namespace {

constexpr Celerys kYes = Celerys::kYes;
constexpr Celerys kNo = Celerys::kNo;
constexpr Celerys kPerhaps = Celerys::kPerhaps;
constexpr Celerys kUnknown = Celerys::kUnknown;

Celerys Sort(const char* configured, const char* executor, const char* queue = "default") {
  CeleryTasks celerys;
  celerys.Learn(Executors(configured), {}, nullptr);
  return celerys.Sort(executor, queue);
}

TEST(CeleryTasks, AreToldByTheExecutor) {
  EXPECT_EQ(Sort("LocalExecutor", ""), kNo);
  EXPECT_EQ(Sort("CeleryExecutor,KubernetesExecutor", ""), kYes);
  EXPECT_EQ(Sort("KubernetesExecutor,CeleryExecutor", ""), kNo);
  EXPECT_EQ(Sort("KubernetesExecutor,CeleryExecutor", "CeleryExecutor"), kYes);
  EXPECT_EQ(Sort("LocalExecutor,fast:acme.TunedCeleryExecutor", "fast"), kYes);
  EXPECT_EQ(Sort("LocalExecutor,fast:acme.TunedLocalExecutor", "fast"), kNo);
  EXPECT_EQ(Sort("LocalExecutor,acme.TunedCeleryExecutor", "TunedCeleryExecutor"), kYes);
  EXPECT_EQ(Sort("CeleryKubernetesExecutor", "", "default"), kYes);
  EXPECT_EQ(Sort("CeleryKubernetesExecutor", "", "kubernetes"), kNo);
  EXPECT_EQ(Sort("CeleryExecutor", "acme.OwnExecutor"), kPerhaps);
  EXPECT_EQ(Sort("CeleryExecutor", "other", "other"), kPerhaps);
}

TEST(CeleryTasks, MayBeATeamsOnAnotherBroker) {
  constexpr const char* kTeams = "CeleryExecutor;team_a=EdgeExecutor,fast:acme.TunedCeleryExecutor";
  EXPECT_EQ(Sort(kTeams, ""), kUnknown);
  EXPECT_EQ(Sort(kTeams, "CeleryExecutor"), kUnknown);
  EXPECT_EQ(Sort(kTeams, "fast"), kUnknown);
  EXPECT_EQ(Sort(kTeams, "EdgeExecutor"), kNo);
  EXPECT_EQ(Sort("LocalExecutor;team_a=CeleryExecutor", ""), kUnknown);
  EXPECT_EQ(Sort("CeleryExecutor;team_a=KubernetesExecutor", ""), kUnknown) << "it may be a pod's";
  EXPECT_EQ(Sort("LocalExecutor;team_a=KubernetesExecutor", ""), kNo);
}

TEST(CeleryTasks, AreToldByTheNameAloneWhereNoExecutorIsKnown) {
  EXPECT_EQ(Sort("", ""), kUnknown);
  EXPECT_EQ(Sort("", "fast"), kUnknown);
  EXPECT_EQ(Sort("", "acme.OwnExecutor"), kUnknown);
  EXPECT_EQ(Sort("", "other", "other"), kPerhaps);
  EXPECT_EQ(Sort("", "CeleryExecutor"), kYes);
  EXPECT_EQ(Sort("", "KubernetesExecutor"), kNo);
  EXPECT_EQ(Sort("", "LocalExecutor"), kNo);
  EXPECT_EQ(Sort("", "airflow.providers.edge3.executors.EdgeExecutor"), kNo);
}

/// Two hosts with a Celery worker, of which the second executes two tasks.
class SeenTasks : public ::testing::Test {
 protected:
  SeenTasks() {
    broker_.workers = {{"celery@worker-0", true, {}, 0, 9}, {"celery@worker-1", true, {}, 2, 9}};
  }

  void Run(const std::string& queue, const std::string& host, const std::string& executor = "") {
    TaskRow& row = database_.tasks.emplace_back();
    row.state = "running";
    row.queue = queue;
    row.hostname = host;
    row.executor = executor;
  }

  Celerys Learned(const char* queue) {
    celerys_.Learn(Executors(""), database_, &broker_);
    return celerys_.Sort("", queue);
  }

  MetadataObservation database_;
  BrokerObservation broker_;
  CeleryTasks celerys_;
};

TEST_F(SeenTasks, ShowWhoseTheirQueueIs) {
  Run("default", "Worker-1.airflow.svc.cluster.local");
  Run("pods", "extract-x7");
  EXPECT_EQ(Learned("default"), kYes);
  EXPECT_EQ(Learned("pods"), kUnknown);
  EXPECT_EQ(celerys_.Sort("fast", "default"), kUnknown);
  database_.tasks.clear();
  EXPECT_EQ(Learned("default"), kYes) << "it is remembered";
  celerys_.Learn(Executors("KubernetesExecutor,CeleryExecutor"), database_, &broker_);
  EXPECT_EQ(celerys_.Sort("", "default"), kNo) << "it is known";
}

TEST_F(SeenTasks, ShowNothingWhereTheyNameAnExecutor) {
  Run("default", "worker-1", "CeleryExecutor");
  EXPECT_EQ(Learned("default"), kUnknown);
}

TEST_F(SeenTasks, ShowNothingWhereTheWorkerDoesNotExecuteAsMany) {
  Run("default", "worker-0");
  EXPECT_EQ(Learned("default"), kUnknown) << "a LocalExecutor's, beside an idle worker";
  Run("high", "worker-1");
  Run("high", "worker-1", "CeleryExecutor");
  Run("high", "worker-1", "CeleryExecutor");
  EXPECT_EQ(Learned("high"), kUnknown);
}

TEST_F(SeenTasks, ShowNothingWithoutTheBroker) {
  Run("default", "worker-1");
  celerys_.Learn(Executors(""), database_, nullptr);
  EXPECT_EQ(celerys_.Sort("", "default"), kUnknown);
  broker_.workers.reset();
  EXPECT_EQ(Learned("default"), kUnknown);
}

}  // namespace
}  // namespace airflow_host
