// The trend of components: sums over processes, restarts, what is fitted and what is not.
#include "exporter/insight/trend_component.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>

namespace airflow_host {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kMegabyte = 1024.0 * 1024;
constexpr double kPerHour = kMegabyte / 3600;

ProcessSample Process(Component component, int pid, double bytes) {
  ProcessSample sample;
  sample.pid = pid;
  sample.start_ticks = 1;
  sample.started_at = FromSecondsSinceEpoch(1000);
  sample.component = component;
  sample.is_main = true;
  sample.anon_bytes = static_cast<std::uint64_t>(std::max(bytes, 0.0));
  return sample;
}

const std::vector<TrendWindow> kUsual = {{"1h", hours(1)}, {"6h", hours(6)}};

/// Feeds an observation every 15 s.
class Feeder {
 public:
  explicit Feeder(const std::vector<TrendWindow>& windows = kUsual) : trend_(windows, kCadence) {}

  /// `processes(t)` gives what runs at t seconds.
  template <typename Processes>
  void Run(seconds length, Processes processes) {
    for (const seconds end = time_ + length; time_ < end; time_ += kCadence) {
      ComponentObservation observation;
      observation.observed_at = FromSecondsSinceEpoch(1'700'000'000) + time_ + wall_jump_;
      observation.processes = processes(static_cast<double>(time_.count()));
      reports_ =
          trend_.Absorb(observation, {SteadyTime{} + time_, observation.observed_at}, rooms_);
    }
  }

  void JumpWallClock(seconds jump) { wall_jump_ += jump; }

  std::optional<SubjectTrend> Of(Component component) const {
    for (const ComponentTrendReport& report : reports_) {
      if (report.component == ComponentName(component)) return report.trend;
    }
    return std::nullopt;
  }

  std::optional<TrendRow> Row(Component component, const std::string& window = "1h") const {
    const auto trend = Of(component);
    if (!trend) return std::nullopt;
    for (const TrendRow& row : trend->rows) {
      if (row.window == window) return row;
    }
    return std::nullopt;
  }

  void SetRooms(MemoryRooms rooms) { rooms_ = std::move(rooms); }
  const std::vector<ComponentTrendReport>& reports() const { return reports_; }

  const ComponentTrend& trend() const { return trend_; }

  void GoOnAfter(const Feeder& other) {
    time_ = other.time_;
    trend_.Restore(other.trend_.Save(), SteadyTime{} + time_);
  }

 private:
  static constexpr seconds kCadence{15};
  ComponentTrend trend_;
  MemoryRooms rooms_;
  std::vector<ComponentTrendReport> reports_;
  seconds time_{3600};
  seconds wall_jump_{0};
};

using Processes = std::vector<ProcessSample>;

TEST(ComponentTrend, RecoversAKnownLeakThroughNoiseAndSpikes) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, kMegabyte);
  std::uniform_real_distribution<double> chance(0, 1);
  const double slope = 40 * kPerHour;
  Feeder feeder;
  double spike = 0;
  feeder.Run(hours(2), [&](double t) {
    if (chance(random) < 0.01) spike = 500 * kMegabyte;
    if (chance(random) < 0.1) spike = 0;
    return Processes{
        Process(Component::kScheduler, 10, 200 * kMegabyte + slope * t + noise(random) + spike)};
  });
  const auto row = feeder.Row(Component::kScheduler);
  ASSERT_TRUE(row);
  EXPECT_NEAR(row->bytes_per_second.slope, slope, 0.1 * slope);
  EXPECT_GT(row->bytes_per_second.lower, 0);
  EXPECT_GT(row->bytes_per_second.upper, row->bytes_per_second.slope);
  EXPECT_TRUE(row->growing);
}

TEST(ComponentTrend, StaysAtNaughtForWhatIsFlat) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0, kMegabyte);
  Feeder feeder;
  feeder.Run(hours(2), [&](double) {
    return Processes{Process(Component::kTriggerer, 10, 200 * kMegabyte + noise(random))};
  });
  const auto row = feeder.Row(Component::kTriggerer);
  ASSERT_TRUE(row);
  EXPECT_LT(std::abs(row->bytes_per_second.slope), 2 * kPerHour);
  EXPECT_LE(row->bytes_per_second.lower, 0);
  EXPECT_GE(row->bytes_per_second.upper, 0);
  EXPECT_FALSE(row->growing);
}

TEST(ComponentTrend, ForgetsAtARestart) {
  const double slope = 60 * kPerHour;
  Feeder feeder;
  feeder.Run(hours(1), [&](double t) {
    return Processes{Process(Component::kScheduler, 10, 2e8 + slope * t)};
  });
  ASSERT_TRUE(feeder.Row(Component::kScheduler));
  // Another process with the same pid: told apart by its start time.
  const auto restarted = [&](double t) {
    ProcessSample sample = Process(Component::kScheduler, 10, 1e8 + slope * t);
    sample.start_ticks = 999;
    return Processes{sample};
  };
  feeder.Run(seconds(15), restarted);
  EXPECT_FALSE(feeder.Row(Component::kScheduler));
  feeder.Run(seconds(30 * 23), restarted);
  EXPECT_FALSE(feeder.Row(Component::kScheduler));
  feeder.Run(hours(1), restarted);
  ASSERT_TRUE(feeder.Row(Component::kScheduler));
  EXPECT_NEAR(feeder.Row(Component::kScheduler)->bytes_per_second.slope, slope, 0.1 * slope);
}

TEST(ComponentTrend, GivesNothingForAComponentThatHasGone) {
  Feeder feeder;
  feeder.Run(hours(1),
             [](double t) { return Processes{Process(Component::kScheduler, 10, 2e8 + t)}; });
  feeder.Run(seconds(15), [](double) { return Processes{}; });
  EXPECT_FALSE(feeder.Row(Component::kScheduler));
  EXPECT_EQ(feeder.trend().tracked(), 0U);
}

TEST(ComponentTrend, SumsTheLiveProcessesUp) {
  std::mt19937 random(9);
  std::normal_distribution<double> noise(0, kMegabyte);
  Feeder four;
  Feeder one;
  four.Run(hours(1) + seconds(60), [&](double t) {
    Processes processes;
    for (int pid = 1; pid <= 4; ++pid) {
      processes.push_back(Process(Component::kCeleryWorker, pid, 2e8 + 5000 * t + noise(random)));
    }
    return processes;
  });
  one.Run(hours(1) + seconds(60), [&](double t) {
    return Processes{Process(Component::kCeleryWorker, 1, 2e8 + 5000 * t + noise(random))};
  });
  const auto sum = four.Row(Component::kCeleryWorker);
  const auto single = one.Row(Component::kCeleryWorker);
  ASSERT_TRUE(sum && single);
  EXPECT_NEAR(sum->bytes_per_second.slope, 20'000, 2000);
  // Root of the sum of squares: about twice as wide as one alone, not four times.
  const double ratio = (sum->bytes_per_second.upper - sum->bytes_per_second.lower) /
                       (single->bytes_per_second.upper - single->bytes_per_second.lower);
  EXPECT_GT(ratio, 1.2);
  EXPECT_LT(ratio, 3.2);
}

TEST(ComponentTrend, CountsWhatIsSwappedOut) {
  Feeder feeder;
  feeder.Run(hours(1) + seconds(60), [](double t) {
    // 100 B/s leak, while the kernel swaps out twice as much.
    ProcessSample sample = Process(Component::kScheduler, 10, 2e9 - 100 * t);
    sample.swap_bytes = static_cast<std::uint64_t>(200 * t);
    return Processes{sample};
  });
  ASSERT_TRUE(feeder.Row(Component::kScheduler));
  EXPECT_NEAR(feeder.Row(Component::kScheduler)->bytes_per_second.slope, 100, 10);
}

TEST(ComponentTrend, FitsNoTasksAndNoYoungProcesses) {
  Feeder feeder;
  int pid = 100;
  feeder.Run(hours(1) + seconds(60), [&](double t) {
    ProcessSample parser = Process(Component::kDagProcessor, ++pid, 1e8);
    parser.started_at = FromSecondsSinceEpoch(1'700'000'000 + t - 3);
    ProcessSample unknown = Process(Component::kFlower, 7, 1e8);
    unknown.anon_bytes.reset();
    return Processes{Process(Component::kTask, 10, 1e9 + 1e5 * t), parser, unknown};
  });
  EXPECT_TRUE(feeder.reports().empty());
  EXPECT_EQ(feeder.trend().tracked(), 0U);
}

TEST(ComponentTrend, IsNotBentByAJumpOfTheWallClock) {
  Feeder feeder;
  const auto leak = [](double t) {
    return Processes{Process(Component::kScheduler, 10, 2e8 + 1000 * t)};
  };
  feeder.Run(hours(1), leak);
  feeder.JumpWallClock(hours(-24));
  feeder.Run(seconds(300), leak);
  feeder.JumpWallClock(hours(48));
  feeder.Run(seconds(300), leak);
  ASSERT_TRUE(feeder.Row(Component::kScheduler));
  EXPECT_NEAR(feeder.Row(Component::kScheduler)->bytes_per_second.slope, 1000, 20);
}

TEST(ComponentTrend, FollowsABoundedNumberAndPrefersAirflowsMainProcesses) {
  Feeder feeder;
  const auto many = [](double) {
    Processes processes;
    for (int pid = 1000; pid < 1100; ++pid) {
      processes.push_back(Process(Component::kPostgres, pid, 1e9));
      ProcessSample pool = Process(Component::kCeleryWorker, pid + 1000, 5e8);
      pool.is_main = false;
      processes.push_back(pool);
    }
    return processes;
  };
  feeder.Run(seconds(1500), many);
  const std::size_t most = ComponentTrend::kMostSeries / 2;  // Two windows.
  EXPECT_EQ(feeder.trend().tracked(), most);
  ASSERT_TRUE(feeder.Row(Component::kCeleryWorker));
  EXPECT_FALSE(feeder.Row(Component::kPostgres));
  // A scheduler, small and late, finds a place.
  feeder.Run(seconds(1500), [&](double t) {
    Processes processes = many(t);
    processes.push_back(Process(Component::kScheduler, 10, 1e8));
    return processes;
  });
  EXPECT_EQ(feeder.trend().tracked(), most);
  EXPECT_TRUE(feeder.Row(Component::kScheduler));
}

TEST(ComponentTrend, TakesItsWindowsFromTheSettings) {
  Feeder feeder({{"20m", std::chrono::minutes(20)}});
  feeder.Run(seconds(1600), [](double t) {
    return Processes{Process(Component::kScheduler, 10, 2e8 + 1000 * t)};
  });
  const auto row = feeder.Row(Component::kScheduler, "20m");
  ASSERT_TRUE(row);
  EXPECT_NEAR(row->bytes_per_second.slope, 1000, 20);
}

TEST(ComponentTrend, CopesWithoutAnyWindow) {
  Feeder feeder(std::vector<TrendWindow>{});
  feeder.Run(seconds(100),
             [](double) { return Processes{Process(Component::kScheduler, 1, 1e8)}; });
  EXPECT_TRUE(feeder.reports().empty());
}

TEST(ComponentTrend, LeavesTheWarmUpOut) {
  Feeder feeder;
  // Ten minutes of steep growth from the start of the process, then none.
  feeder.Run(minutes(40), [](double t) {
    ProcessSample sample =
        Process(Component::kApiServer, 10, 1e8 + 1e5 * std::min(t - 3600, 600.0));
    sample.started_at = FromSecondsSinceEpoch(1'700'000'000) + hours(1);
    return Processes{sample};
  });
  const auto row = feeder.Row(Component::kApiServer);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->bytes_per_second.slope, 0);
  EXPECT_EQ(row->bytes_per_second.upper, 0);
}

TEST(ComponentTrend, GrowsIntoTheRoomOfItsContainerElseOfTheHost) {
  const auto leak = [](const char* cgroup) {
    return [cgroup](double t) {
      ProcessSample sample = Process(Component::kScheduler, 10, 2e8 + 10'000 * t);
      sample.cgroup_path = cgroup;
      return Processes{sample};
    };
  };
  for (const auto& [cgroup, room] :
       {std::pair("/docker/a/inner", 3.6e7), std::pair("/docker/b", 7.2e8)}) {
    Feeder feeder;
    MemoryRooms rooms;
    rooms.host_bytes = 7.2e8;
    rooms.containers = {{"/docker/a", 3.6e7}};
    feeder.SetRooms(rooms);
    feeder.Run(hours(2), leak(cgroup));
    const auto trend = feeder.Of(Component::kScheduler);
    ASSERT_TRUE(trend && trend->exhaustion);
    const double end = 1'700'000'000 + 3600 + 7200;
    EXPECT_NEAR(SecondsSinceEpoch(trend->exhaustion->expected) - end, room / 10'000, 200);
    EXPECT_LE(trend->exhaustion->earliest, trend->exhaustion->expected);
    ASSERT_TRUE(trend->exhaustion->latest);
    EXPECT_GE(*trend->exhaustion->latest, trend->exhaustion->expected);
  }
}

TEST(ComponentTrend, GoesOnWhereAnotherRunEnded) {
  const auto leak = [](double t) {
    return Processes{Process(Component::kScheduler, 10, 2e8 + 10'000 * t)};
  };
  Feeder before;
  before.Run(hours(2), leak);
  Feeder after;
  after.GoOnAfter(before);
  after.Run(seconds(15), leak);
  const auto row = after.Row(Component::kScheduler);
  ASSERT_TRUE(row);
  EXPECT_NEAR(row->bytes_per_second.slope, 10'000, 200);
  EXPECT_TRUE(row->growing);
  // One whose process is gone is forgotten.
  Feeder other;
  other.GoOnAfter(before);
  other.Run(seconds(15), [](double) { return Processes{Process(Component::kFlower, 7, 1e8)}; });
  EXPECT_EQ(other.trend().tracked(), 1U);
  EXPECT_FALSE(other.Row(Component::kScheduler));
}

}  // namespace
}  // namespace airflow_host
