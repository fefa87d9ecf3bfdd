#include "exporter/insight/reconcile_snapshot.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

MetadataObservation Queued(const std::string& queue, const std::string& executor) {
  MetadataObservation seen;
  seen.task_instances.push_back({"queued", queue, executor, 1, 1});
  seen.tasks.resize(1);
  seen.tasks[0].state = "queued";
  seen.tasks[0].queue = queue;
  seen.tasks[0].executor = executor;
  return seen;
}

TEST(ReconcileSnapshot, CountsWhatIsCelerysAndWhatPerhapsIs) {
  CeleryTasks celerys;
  const auto of = [&](const char* configured, const char* executor) {
    const MetadataObservation seen = Queued("default", executor);
    celerys.Learn(Executors(configured), seen, nullptr);
    return *SnapshotOf(seen, celerys, {});
  };
  DatabaseSnapshot snapshot = of("CeleryExecutor", "");
  EXPECT_EQ(snapshot.queues["default"].queued_beyond_grace, 1U);
  EXPECT_EQ(snapshot.queued_anyhow, 1U);
  EXPECT_EQ(snapshot.queued.size(), 1U);
  snapshot = of("LocalExecutor", "");
  EXPECT_EQ(snapshot.queued_anyhow, 0U);
  snapshot = of("CeleryExecutor", "acme.OwnExecutor");
  EXPECT_EQ(snapshot.queued_anyhow, 1U);
  EXPECT_EQ(snapshot.queues["default"].queued_unknown, 0U);
  snapshot = of("", "");
  EXPECT_EQ(snapshot.queued_anyhow, 1U);
  EXPECT_EQ(snapshot.queues["default"].queued, 0U);
  EXPECT_EQ(snapshot.queues["default"].queued_unknown, 1U);
  EXPECT_TRUE(snapshot.queued.empty());
}

TEST(ReconcileSnapshot, TakesTheGraceByTheDatabasesClock) {
  MetadataObservation seen = Queued("default", "");
  seen.tasks[0].queued_at = FromSecondsSinceEpoch(1000);
  CeleryTasks celerys;
  celerys.Learn(Executors("CeleryExecutor"), seen, nullptr);
  const auto beyond_grace = [&] {
    return SnapshotOf(seen, celerys, {})->queued.at(0).beyond_grace;
  };
  seen.observed_at = FromSecondsSinceEpoch(400);  // This host's clock is late.
  seen.database_time = FromSecondsSinceEpoch(1061);
  EXPECT_TRUE(beyond_grace());
  seen.observed_at = FromSecondsSinceEpoch(1600);  // Or fast.
  seen.database_time = FromSecondsSinceEpoch(1060);
  EXPECT_FALSE(beyond_grace());
  seen.database_time.reset();
  EXPECT_FALSE(beyond_grace());
}

TEST(ReconcileSnapshot, SaysWhereQueuesAreNotNamed) {
  MetadataObservation seen = Queued("default", "");
  seen.task_instances.push_back({"running", "other", "other", 0, 0});
  EXPECT_TRUE(SnapshotOf(seen, {}, {})->all_queues_named);
  seen.task_instances.back().count = 2;
  const auto snapshot = SnapshotOf(seen, {}, {});
  EXPECT_FALSE(snapshot->all_queues_named);
  EXPECT_EQ(snapshot->running, 0U);
  EXPECT_EQ(snapshot->running_anyhow, 2U);
}

TEST(ReconcileSnapshot, CountsTheLostHeartbeatsOfCeleryAlone) {
  MetadataObservation seen;
  seen.task_instances.push_back({"running", "default", "", 4, 0, 1});
  seen.task_instances.push_back({"running", "default", "KubernetesExecutor", 5, 0, 5});
  seen.task_instances_heartbeat_lost = 6;
  CeleryTasks celerys;
  celerys.Learn(Executors("CeleryExecutor"), seen, nullptr);
  EXPECT_EQ(SnapshotOf(seen, celerys, {})->heartbeat_lost, 1U);
  // Before Airflow 3 it is not known whose they are.
  for (TaskInstanceCount& count : seen.task_instances) count.heartbeat_lost.reset();
  EXPECT_EQ(SnapshotOf(seen, celerys, {})->heartbeat_lost, 6U);
}

TEST(ReconcileSnapshot, SaysWhereTasksAreNotListed) {
  MetadataObservation seen = Queued("default", "");
  EXPECT_TRUE(SnapshotOf(seen, {}, {})->all_rows_listed);
  seen.tasks.clear();
  EXPECT_FALSE(SnapshotOf(seen, {}, {})->all_rows_listed);
  seen.tasks.resize(MetadataObservation::kMostTasks);
  for (TaskRow& row : seen.tasks) row.state = "running";
  EXPECT_FALSE(SnapshotOf(seen, {}, {})->all_rows_listed);
  EXPECT_FALSE(SnapshotOf(MetadataObservation{}, {}, {}).has_value());
}

TEST(ReconcileSnapshot, TakesIdsForThoseOfMessagesFromAirflow33On) {
  MetadataObservation seen = Queued("default", "");
  const auto by_id = [&](const char* version) {
    seen.airflow_version = version;
    return SnapshotOf(seen, {}, {})->ids_are_message_ids;
  };
  EXPECT_TRUE(by_id("3.3.0-3.3.x"));
  EXPECT_TRUE(by_id(">=3.4.0"));
  EXPECT_TRUE(by_id("4.0.0"));
  EXPECT_FALSE(by_id("3.2.0-3.2.x"));
  EXPECT_FALSE(by_id(">=3.2.0"));
  EXPECT_FALSE(by_id("2.10.3-2.11.x"));
  EXPECT_FALSE(by_id("main"));
  EXPECT_FALSE(by_id(""));
}

std::shared_ptr<BrokerObservation> Workers(std::vector<BrokerWorker> workers) {
  auto seen = std::make_shared<BrokerObservation>();
  seen->workers = std::move(workers);
  return seen;
}

TEST(ReconcileSnapshot, SumsUpWhatWorkersExecute) {
  const auto active = [](std::vector<BrokerWorker> workers) {
    return SnapshotOf(Workers(std::move(workers)), {}).active;
  };
  EXPECT_FALSE(SnapshotOf(std::make_shared<BrokerObservation>(), {}).active.has_value());
  EXPECT_EQ(active({}), 0U);
  EXPECT_EQ(active({{"a", true, {}, 2, 5}, {"b", true, {}, 3, 5}, {"c", false, {}, {}, 9}}), 5U);
  EXPECT_FALSE(active({{"a", true, {}, 2, 5}, {"b", true, {}, {}, {}}}).has_value());
}

TEST(ReconcileSnapshot, CountsWhatTheSameWorkersBegan) {
  const auto started = [](std::vector<BrokerWorker> before, std::vector<BrokerWorker> after) {
    return StartedBetween(SnapshotOf(Workers(std::move(before)), {}),
                          SnapshotOf(Workers(std::move(after)), {}));
  };
  const BrokerWorker lost = {"lost", false, {}, {}, 7};
  EXPECT_EQ(started({{"a", true, {}, 0, 5}, lost}, {{"a", true, {}, 0, 8}, lost}), 3U);
  EXPECT_EQ(started({}, {}), 0U);
  EXPECT_FALSE(started({{"a", true, {}, 0, 5}}, {{"b", true, {}, 0, 5}}).has_value());
  EXPECT_FALSE(started({{"a", true, {}, 0, 5}}, {{"a", true, {}, 0, 1}}).has_value());
  EXPECT_FALSE(started({{"a", true, {}, 0, 5}}, {{"a", false, {}, {}, 5}}).has_value());
  EXPECT_FALSE(started({{"a", true, {}, 0, {}}}, {{"a", true, {}, 0, 5}}).has_value());
}

TEST(ReconcileSnapshot, ComparesHostsByTheirShortNames) {
  EXPECT_EQ(ShortHostName("celery@Worker-0"), "worker-0");
  EXPECT_EQ(ShortHostName("worker-0.airflow.svc.cluster.local"), "worker-0");
  EXPECT_EQ(ShortHostName(""), "");
}

}  // namespace
}  // namespace airflow_host
