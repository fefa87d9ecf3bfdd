// Watches a make-believe Airflow as the two collectors would, and compares what they see.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "collectors/component/component_observation.h"
#include "exporter/insight/reconcile.h"
#include "tests/unit/insight/queue_world.h"

namespace airflow_host {

/// Reads both systems every 15 s if not told otherwise, each at its own phase and within a time of
/// its own.
class Watcher {
 public:
  explicit Watcher(QueueWorld& world, ExecutionSettings settings = {.executor = "CeleryExecutor"})
      : world_(world), reconcile_(std::move(settings)) {
    database_.next = world.now() + world.Draw(Seconds{0, 15});
    broker_.next = world.now() + world.Draw(Seconds{0, 15});
  }

  void TakesUpTo(double database, double broker) {
    database_.longest = database;
    broker_.longest = broker;
  }

  void Step() {
    world_.Step();
    if (broker_reads) Read(broker_, [&] { return world_.Broker(); });
    if (database_reads) Read(database_, [&] { return world_.Database(); });
  }

  void Run(double seconds) {
    for (double until = world_.now() + seconds; world_.now() < until;) Step();
  }

  ReconcileReport Report() const { return reconcile_.Report().FreshAt(world_.steady()); }

  /// Absent where the queue is not judged.
  std::optional<std::uint64_t> Lost(const std::string& queue) const {
    for (const LostTasks& lost : Report().lost) {
      if (lost.queue == queue) return lost.tasks;
    }
    return std::nullopt;
  }

  /// Absent where the queue is not judged.
  std::optional<bool> Stalled(const std::string& queue) const {
    for (const QueueStall& stall : Report().stalls) {
      if (stall.queue == queue) return stall.stalled;
    }
    return std::nullopt;
  }

  double cadence = 15;  ///< Seconds, of both.
  bool database_reads = true;
  bool broker_reads = true;
  ComponentObservation components;  ///< What runs on this host.

 private:
  template <typename T>
  struct Source {
    double next = 0;
    double longest = 0.5;
    double snapshot_at = -1;  ///< Below 0: none is under way.
    double ends_at = 0;
    SteadyTime began{};
    std::shared_ptr<T> seen;
  };

  void Absorb(const std::shared_ptr<MetadataObservation>& seen, ObservationSpan span) {
    reconcile_.Absorb(*seen, span, &components);
  }
  void Absorb(std::shared_ptr<BrokerObservation> seen, ObservationSpan span) {
    reconcile_.Absorb(std::move(seen), span);
  }

  template <typename T, typename Look>
  void Read(Source<T>& source, Look look) {
    if (source.snapshot_at < 0 && world_.now() >= source.next) {
      source.began = world_.steady();
      source.ends_at = world_.now() + world_.Draw(Seconds{0, source.longest});
      source.snapshot_at = world_.Draw(Seconds{world_.now(), source.ends_at});
      source.next += cadence;
    }
    if (source.snapshot_at < 0 || world_.now() < source.snapshot_at) return;
    if (!source.seen) source.seen = look();
    if (world_.now() < source.ends_at) return;
    Absorb(std::move(source.seen), {source.began, world_.steady()});
    source.seen.reset();
    source.snapshot_at = -1;
  }

  QueueWorld& world_;
  Reconcile reconcile_;
  Source<MetadataObservation> database_;
  Source<BrokerObservation> broker_;
};

/// What of a report is not 0, in words.
inline std::string Wrong(const ReconcileReport& report) {
  std::string wrong;
  for (const LostTasks& lost : report.lost) {
    if (lost.tasks > 0) wrong += std::to_string(lost.tasks) + " lost in " + lost.queue + "; ";
  }
  const auto add = [&](const std::optional<std::uint64_t>& count, const char* what) {
    if (count.value_or(0) > 0) wrong += std::to_string(*count) + what;
  };
  add(report.phantom_heartbeat_lost, " without heartbeat; ");
  add(report.phantom_unaccounted, " phantoms; ");
  add(report.unaccounted_messages, " unaccounted messages; ");
  add(report.workers_catatonic, " catatonic; ");
  for (const QueueStall& stall : report.stalls) {
    if (stall.stalled) wrong += stall.queue + " stalled; ";
  }
  return wrong;
}

/// One queue, two workers of four slots.
class BrokenAirflow : public ::testing::Test {
 protected:
  BrokenAirflow() {
    world_.AddQueue("default");
    world_.AddWorker({"default"}, 4);
    world_.AddWorker({"default"}, 4);
  }

  /// `count` tasks of one batch, now.
  void Send(int count, Seconds duration, const std::string& queue = "default") {
    world_.AddSource({.queue = queue,
                      .period = 1e6,
                      .phase = world_.now() + QueueWorld::kStep,
                      .batch = count,
                      .duration = duration,
                      .once = true});
  }

  /// Runs until `holds`, for at most so long; how long it took.
  template <typename Condition>
  double RunUntil(Condition holds, double at_most) {
    const double began = world_.now();
    while (!holds() && world_.now() - began < at_most) watcher_.Step();
    EXPECT_TRUE(holds()) << "not within " << at_most << " s";
    return world_.now() - began;
  }

  QueueWorld world_{1};
  Watcher watcher_{world_};
};

}  // namespace airflow_host
