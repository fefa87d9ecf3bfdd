// The loop that every collector's thread runs.
#include "exporter/sampler.h"

#include <algorithm>
#include <utility>

namespace airflow_host {

void Pace::Next(SteadyTime now, bool failing, double jitter) {
  due_ -= delay_;
  const auto passed = std::max(now - due_, SteadyTime::duration::zero());
  due_ += (passed / cadence_ + 1) * cadence_;
  delay_ = failing ? std::chrono::duration_cast<std::chrono::nanoseconds>(cadence_ * (jitter / 10))
                   : std::chrono::nanoseconds(0);
  due_ += delay_;
}

Expected<void> Sampler::Start() {
  auto thread = Thread::Start(std::string(runner_.row().name), [this] { Run(); });
  if (!thread) return tl::unexpected(thread.error());
  thread_ = std::move(*thread);
  return {};
}

void Sampler::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

bool Sampler::WaitUntil(SteadyTime due) {
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, due, [this] { return stopping_; });
  return !stopping_;
}

void Sampler::Run() {
  std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> jitter(0, 1);
  Pace pace(clock_.SteadyNow(), runner_.cadence());
  while (WaitUntil(pace.due())) {
    runner_.Attempt();
    pace.Next(clock_.SteadyNow(), runner_.failing(), jitter(random));
  }
}

}  // namespace airflow_host
