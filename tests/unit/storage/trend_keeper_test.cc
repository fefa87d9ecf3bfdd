// The keeper: a run goes on where the one before it ended, whatever it finds.
#include "exporter/storage/trend_keeper.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// One run of the program, as far as the trends go.
class TrendKeeperTest : public testing::Test {
 protected:
  TrendKeeperTest() { SetBoot("boot-1"); }

  void SetBoot(const std::string& id) { tree_.Write("/proc/sys/kernel/random/boot_id", id + "\n"); }

  /// Runs for `length` and gives the host's slope at the start's first observation.
  std::optional<double> Run(seconds length) {
    Trends trends(TrendSettings{}, clock_);
    TrendKeeper keeper(state_, tree_.root() + "/proc", trends, clock_, log_);
    EXPECT_TRUE(keeper.Start(seconds(20)));
    std::optional<double> first;
    for (seconds passed{0}; passed < length; passed += seconds(10)) {
      HostObservation host;
      const auto time = std::chrono::duration<double>(clock_.SteadyNow().time_since_epoch());
      host.memory.anonymous_bytes = static_cast<std::uint64_t>(1e9 + 1e4 * time.count());
      trends.Absorb(host);
      const TrendReport report = trends.Report();
      if (passed == seconds(0) && !report.host.rows.empty()) {
        first = report.host.rows.front().bytes_per_second.slope;
      }
      clock_.Advance(seconds(10));
    }
    keeper.Stop();
    EXPECT_TRUE(keeper.JoinUntil(std::chrono::steady_clock::now() + seconds(20)));
    return first;
  }

  bool Exists(const std::string& name) const {
    for (const auto& entry : std::filesystem::directory_iterator(state_)) {
      if (entry.path().filename().string().starts_with(name)) return true;
    }
    return false;
  }

  TemporaryTree tree_;
  std::string state_ = tree_.root() + "/state";
  ManualClock clock_;
  Log log_{LogLevel::kError, LogFormat::kLogfmt, clock_};
};

TEST_F(TrendKeeperTest, GoesOnAtOnce) {
  EXPECT_FALSE(Run(minutes(40)));
  clock_.Advance(minutes(2));
  const auto slope = Run(minutes(1));
  ASSERT_TRUE(slope);
  EXPECT_NEAR(*slope, 1e4, 100);
}

TEST_F(TrendKeeperTest, BeginsAnewAfterAReboot) {
  EXPECT_FALSE(Run(minutes(40)));
  SetBoot("boot-2");
  EXPECT_FALSE(Run(minutes(1)));
  EXPECT_FALSE(Exists("trends.damaged"));
}

TEST_F(TrendKeeperTest, SetsADamagedFileAside) {
  EXPECT_FALSE(Run(minutes(40)));
  std::ofstream(state_ + "/trends", std::ios::app) << "x";
  EXPECT_FALSE(Run(minutes(40)));
  EXPECT_TRUE(Exists("trends.damaged-"));
  EXPECT_TRUE(Run(minutes(1)));  // What that run has written is sound again.
}

TEST_F(TrendKeeperTest, DoesWithoutWhatItCannotHave) {
  SetBoot("");
  EXPECT_FALSE(Run(minutes(1)));
  EXPECT_FALSE(Exists("trends.damaged"));
  SetBoot("boot-1");
  state_ = tree_.root() + "/no/such";
  EXPECT_FALSE(Run(minutes(1)));
}

}  // namespace
}  // namespace airflow_host
