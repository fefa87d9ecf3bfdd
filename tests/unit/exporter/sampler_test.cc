// The threads for real: cadence, the watchdog, and stopping in the middle of a hang.
#include "exporter/sampler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exporter/watchdog.h"
#include "tests/support/fake_collector.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SamplerTest : public ::testing::Test {
 protected:
  SamplerTest() { board_.Add(FakeRow(), milliseconds(20), true, ""); }

  std::unique_ptr<CollectorRunner> Make(std::unique_ptr<Collector> collector) {
    return std::make_unique<CollectorRunner>(
        FakeRow(), std::move(collector), milliseconds(20),
        [](std::shared_ptr<const Observation> observation, SteadyTime) { return observation; },
        board_, clock_, log_);
  }
  SteadyTime In(seconds time) const { return clock_.SteadyNow() + time; }

  SystemClock clock_;
  Board board_{clock_};
  Log log_{LogLevel::kError, LogFormat::kLogfmt, clock_};
};

TEST_F(SamplerTest, AttemptsAgainAndAgainUntilItIsStopped) {
  std::atomic<int> attempts{0};
  const auto runner = Make(std::make_unique<FakeCollector>([&](Deadline) {
    attempts.fetch_add(1);
    attempts.notify_all();
    return std::make_shared<const NumberObservation>(1);
  }));
  Sampler sampler(*runner, clock_);
  ASSERT_TRUE(sampler.Start());
  for (int seen = 0; seen < 3; seen = attempts.load()) attempts.wait(seen);
  sampler.Stop();
  EXPECT_TRUE(sampler.JoinUntil(In(seconds(5))));
}

TEST_F(SamplerTest, AHungAttemptIsSeenByTheWatchdogAndBrokenOffAtTheEnd) {
  std::mutex mutex;
  std::condition_variable changed;
  bool interrupted = false;
  const auto runner = Make(std::make_unique<FakeCollector>(
      [&](Deadline) -> Expected<std::shared_ptr<const Observation>> {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return interrupted; });
        return Fail(ErrorKind::kTimedOut, "broken off");
      },
      [&] {
        const std::lock_guard lock(mutex);
        interrupted = true;
        changed.notify_all();
      }));
  Sampler sampler(*runner, clock_);
  Watchdog watchdog({runner.get()});
  ASSERT_TRUE(sampler.Start());
  ASSERT_TRUE(watchdog.Start());
  while (!board_.Read().front().status.stuck) std::this_thread::sleep_for(milliseconds(10));
  sampler.Stop();
  EXPECT_FALSE(sampler.JoinUntil(In(seconds(0))));
  runner->Interrupt();
  EXPECT_TRUE(sampler.JoinUntil(In(seconds(5))));
  watchdog.Stop();
  EXPECT_TRUE(watchdog.JoinUntil(In(seconds(5))));
}

}  // namespace
}  // namespace airflow_host
