// Builds collectors, starts and stops their threads.
#include "exporter/collector_set.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace airflow_host {

Expected<void> CollectorSet::Build(std::span<const CollectorPlan> plans,
                                   const CollectorSettings& settings, Refine refine) {
  for (const CollectorPlan& plan : plans) {
    auto collector =
        plan.absence.empty()
            ? plan.row->create(settings, clock_)
            : Expected<std::unique_ptr<Collector>>(Fail(ErrorKind::kAbsent, plan.absence));
    if (!collector && collector.error().kind != ErrorKind::kAbsent) {
      return tl::unexpected(collector.error());
    }
    board_.Add(*plan.row, plan.cadence, collector.has_value(),
               collector ? std::string() : collector.error().message);
    if (!collector) continue;
    runners_.push_back(std::make_unique<CollectorRunner>(
        *plan.row, std::move(*collector), plan.cadence, refine, board_, clock_, log_));
  }
  return {};
}

Expected<void> CollectorSet::StartSampler(std::string name, std::vector<CollectorRunner*> runners) {
  samplers_.push_back(std::make_unique<Sampler>(std::move(name), std::move(runners), clock_));
  return samplers_.back()->Start();
}

void CollectorSet::AwaitFirstAttempts(std::span<CollectorRunner* const> runners) const {
  const Deadline deadline{clock_.SteadyNow() + std::chrono::seconds(1)};
  const auto waiting = [&] {
    return std::any_of(runners.begin(), runners.end(),
                       [](const CollectorRunner* runner) { return !runner->attempted(); });
  };
  while (waiting() && !deadline.Expired(clock_.SteadyNow())) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Expected<void> CollectorSet::Start() {
  for (const BoardEntry& entry : board_.Read()) {
    if (entry.status.configured) continue;
    log_.Info("collector is not configured",
              {{"collector", entry.row->name}, {"reason", entry.status.message}});
  }
  std::vector<CollectorRunner*> all;
  std::vector<CollectorRunner*> local;
  for (const auto& runner : runners_) {
    all.push_back(runner.get());
    if (!runner->row().remote) local.push_back(runner.get());
  }
  if (!local.empty()) {
    if (auto started = StartSampler("sampler", local); !started) return started;
    AwaitFirstAttempts(local);
  }
  for (CollectorRunner* runner : all) {
    if (!runner->row().remote) continue;
    auto started = StartSampler(std::string(runner->row().name), {runner});
    if (!started) return started;
  }
  watchdog_ = std::make_unique<Watchdog>(std::move(all));
  return watchdog_->Start();
}

bool CollectorSet::Stop(SteadyTime limit) {
  if (watchdog_) watchdog_->Stop();
  for (const auto& sampler : samplers_) sampler->Stop();
  for (const auto& runner : runners_) runner->Interrupt();
  bool ended = !watchdog_ || watchdog_->JoinUntil(limit);
  for (const auto& sampler : samplers_) ended = sampler->JoinUntil(limit) && ended;
  return ended;
}

}  // namespace airflow_host
