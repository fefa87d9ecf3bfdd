// Builds collectors, starts and stops their threads.
#include "exporter/collector_set.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace airflow_host {

Expected<void> CollectorSet::Build(std::span<const CollectorPlan> plans,
                                   const CollectorSettings& settings, const Refine& refine) {
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
    const auto pace = plan.pace.count() > 0 ? plan.pace : plan.cadence;
    runners_.push_back(std::make_unique<CollectorRunner>(*plan.row, std::move(*collector), pace,
                                                         refine, board_, clock_, log_));
  }
  return {};
}

Expected<void> CollectorSet::StartSamplers(bool remote) {
  for (const auto& runner : runners_) {
    if (runner->row().remote != remote) continue;
    samplers_.push_back(std::make_unique<Sampler>(*runner, clock_));
    if (auto started = samplers_.back()->Start(); !started) return started;
  }
  return {};
}

void CollectorSet::AwaitLocalAttempts() const {
  const Deadline deadline{clock_.SteadyNow() + std::chrono::milliseconds(500)};
  const auto waiting = [&] {
    return std::any_of(runners_.begin(), runners_.end(), [](const auto& runner) {
      return !runner->row().remote && !runner->attempted();
    });
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
  if (auto started = StartSamplers(false); !started) return started;
  AwaitLocalAttempts();
  if (auto started = StartSamplers(true); !started) return started;
  std::vector<CollectorRunner*> all;
  for (const auto& runner : runners_) all.push_back(runner.get());
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
