// A healthy Airflow, however busy it is, shows 0 at every moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/insight/queue_watcher.h"

namespace airflow_host {
namespace {

/// Any healthy Airflow: queues, workers and loads as they come.
ExecutionSettings MakeHealthy(QueueWorld& world) {
  const std::vector<std::string> names = {"default", "high", "reports", "spare"};
  const int queues = world.Draw(1, 4);
  const int prefetch = world.Draw(0, 2) == 0 ? 4 : 1;
  const int slots = world.Draw(1, 8);
  std::vector<std::string> used;
  for (int number = 0; number < queues; ++number) {
    used.push_back(names[static_cast<std::size_t>(number)]);
    world.AddQueue(used.back());
  }
  for (int number = world.Draw(0, 3); number > 0; --number) {
    world.AddForeignRow("default", "KubernetesExecutor");
  }
  const int bindings = world.Draw(0, 2);  // Its own queue, all of them, or any.
  for (const std::string& queue : used) {
    const int workers = world.Draw(1, 2);
    for (int number = 0; number < workers; ++number) {
      std::vector<std::string> consumed = {queue};
      for (const std::string& other : used) {
        const bool consumes = bindings == 1 || (bindings == 2 && world.Draw(0, 1) == 0);
        if (other != queue && consumes) consumed.push_back(other);
      }
      world.AddWorker(std::move(consumed), slots, prefetch);
    }
    const int sources = world.Draw(1, 3);
    for (int number = 0; number < sources; ++number) {
      constexpr double kPeriods[] = {2, 5, 7.5, 15, 15, 30, 47, 60, 300, 1800};
      const double least = std::pow(10.0, world.Draw(Seconds{0, 2.8}));
      world.AddSource({.queue = queue,
                       .period = kPeriods[world.Draw(0, 9)],
                       .phase = world.Draw(Seconds{0, 60}),
                       .batch = world.Draw(1, 20) * world.Draw(1, 6),
                       .duration = {least, least * world.Draw(Seconds{1, 3})}});
    }
  }
  constexpr double kSlowness[] = {1, 1, 1, 10, 40};  // The last one: a host that thrashes.
  const double slowness = kSlowness[world.Draw(0, 4)];
  world.pace.handover = {0.25, 2 * std::min(slowness, 10.0)};
  world.pace.startup = {0.5, 3 * slowness};
  world.pace.finishing = {0.25, 2 * slowness};
  // A worker that has room hears of a message at once, as soon as it gets to run.
  world.pace.fetch = {0, slowness > 10 ? 5.0 : slowness > 1 ? 1.0 : 0.25};
  world.tells_ids = world.Draw(0, 2) == 0;
  world.most_active = static_cast<std::size_t>(world.Draw(0, 5) == 0 ? 1100 : 250);
  ExecutionSettings settings;
  settings.executor = "CeleryExecutor,KubernetesExecutor";
  if (world.Draw(0, 1) == 0) settings.worker_concurrency = static_cast<std::uint32_t>(slots);
  return settings;
}

class HealthyAirflow : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(HealthyAirflow, ShowsZeroHoweverBusyItIs) {
  QueueWorld world(GetParam());
  Watcher watcher(world, MakeHealthy(world));
  if (world.Draw(0, 3) == 0) watcher.TakesUpTo(12, 1);
  bool judged = false;
  while (world.now() < 2400) {
    watcher.Step();
    const ReconcileReport report = watcher.Report();
    ASSERT_EQ(Wrong(report), "") << "at " << world.now();
    judged = judged ||
             (!report.lost.empty() && report.phantom_unaccounted && report.unaccounted_messages &&
              report.workers_catatonic && !report.stalls.empty());
  }
  EXPECT_TRUE(judged);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HealthyAirflow, ::testing::Range<std::uint64_t>(1, 25));

}  // namespace
}  // namespace airflow_host
