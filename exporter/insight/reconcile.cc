// Pairs the snapshots and has them judged.
#include "exporter/insight/reconcile.h"

#include <algorithm>
#include <utility>

#include "exporter/insight/execution_in_force.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostDatabases = 3;
constexpr std::size_t kMostBrokers = 4;

/// The newest of `snapshots` that was over before `span` began; null for none.
template <typename Snapshots>
auto NewestBefore(const Snapshots& snapshots, const ObservationSpan& span) {
  const auto found = std::find_if(snapshots.rbegin(), snapshots.rend(),
                                  [&](const auto& snapshot) { return snapshot.span.Before(span); });
  return found != snapshots.rend() ? &*found : nullptr;
}

/// Adds `snapshot`, in the place of the last one where nothing has come in between.
template <typename Snapshots, typename Snapshot>
void Keep(Snapshots& snapshots, Snapshot snapshot, bool in_place, std::size_t most) {
  if (in_place && !snapshots.empty()) snapshots.pop_back();
  snapshots.push_back(std::move(snapshot));
  if (snapshots.size() > most) snapshots.pop_front();
}

bool IsFresh(const std::optional<SteadyTime>& at, SteadyTime now) {
  return at && now - *at <= DatedReconcileReport::kPatience;
}

}  // namespace

ReconcileReport DatedReconcileReport::FreshAt(SteadyTime now) const {
  if (!IsFresh(database_at, now)) return {};
  if (IsFresh(broker_at, now) && IsFresh(paired_at, now)) return report;
  ReconcileReport alone;
  alone.phantom_heartbeat_lost = report.phantom_heartbeat_lost;
  return alone;
}

Reconcile::Reconcile(ExecutionSettings settings) : settings_(std::move(settings)) {}

void Reconcile::BeginAnew() {
  judges_.lost = {};
  judges_.running = {};
  judges_.messages = {};
  judges_.flow.BeginAnew();
}

void Reconcile::Absorb(const MetadataObservation& observation, ObservationSpan span,
                       const ComponentObservation* components) {
  celerys_.Learn(ExecutorsInForce(settings_, components), observation,
                 brokers_.empty() ? nullptr : brokers_.back().seen.get());
  auto snapshot = SnapshotOf(observation, celerys_, span);
  database_at_ = span.ended;
  heartbeat_lost_ = observation.task_instances_heartbeat_lost;
  if (!snapshot) {
    BeginAnew();
    paired_at_.reset();
    return;
  }
  Keep(databases_, *std::move(snapshot), !broker_came_last_, kMostDatabases);
  broker_came_last_ = false;
  if (const BrokerSnapshot* const partner = Partner()) Judge(*partner, components);
}

void Reconcile::Absorb(std::shared_ptr<const BrokerObservation> observation, ObservationSpan span) {
  if (!brokers_.empty() && brokers_.back().seen->run_id != observation->run_id) {
    brokers_.clear();
    BeginAnew();
    paired_at_.reset();
  }
  broker_at_ = span.ended;
  Keep(brokers_, SnapshotOf(std::move(observation), span), broker_came_last_, kMostBrokers);
  broker_came_last_ = true;
}

const BrokerSnapshot* Reconcile::Partner() const {
  const ObservationSpan& span = databases_.back().span;
  if (paired_at_ && span.ended - *paired_at_ < kLeastBetweenPairs) return nullptr;
  const BrokerSnapshot* const broker = NewestBefore(brokers_, span);
  if (broker == nullptr || span.began - broker->span.ended > kMostApart) return nullptr;
  if (paired_until_ && broker->span.began <= *paired_until_) return nullptr;
  return broker;
}

void Reconcile::Judge(const BrokerSnapshot& broker, const ComponentObservation* components) {
  const SteadyTime now = databases_.back().span.ended;
  if (!IsFresh(paired_at_, now)) BeginAnew();
  const DatabaseSnapshot* const before = NewestBefore(databases_, broker.span);
  const ReconcilePair pair{
      .earlier_broker = before != nullptr ? NewestBefore(brokers_, before->span) : nullptr,
      .earlier_database = before,
      .broker = broker,
      .database = databases_.back(),
      .now = now,
      .least_concurrency = LeastConcurrency(settings_, components, broker.live_workers)};
  judges_.lost.Absorb(pair);
  judges_.running.Absorb(pair, components != nullptr ? components->task_processes : 0);
  judges_.messages.Absorb(pair);
  judges_.flow.Absorb(pair);
  paired_until_ = broker.span.began;
  paired_at_ = now;
}

DatedReconcileReport Reconcile::Report() const {
  DatedReconcileReport dated;
  dated.database_at = database_at_;
  dated.broker_at = broker_at_;
  dated.paired_at = paired_at_;
  ReconcileReport& report = dated.report;
  report.phantom_heartbeat_lost = heartbeat_lost_;
  if (!paired_at_) return dated;
  report.lost = judges_.lost.Report();
  report.phantom_unaccounted = judges_.running.Report();
  report.unaccounted_messages = judges_.messages.Report();
  report.workers_catatonic = judges_.flow.Catatonic();
  report.stalls = judges_.flow.Stalls();
  return dated;
}

}  // namespace airflow_host
