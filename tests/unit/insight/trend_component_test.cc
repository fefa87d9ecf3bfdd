// The trend of components: sums over processes, restarts, what is fitted and what is not.
#include "exporter/insight/trend_component.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>

#include "exporter/insight/trend_metrics.h"

namespace airflow_host {
namespace {

using std::chrono::hours;
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

/// Feeds an observation every 5 s.
class Feeder {
 public:
  explicit Feeder(ComponentTrendSettings settings = {}) : trend_(std::move(settings)) {}

  /// `processes(t)` gives what runs at t seconds.
  template <typename Processes>
  void Run(seconds length, Processes processes) {
    for (const seconds end = time_ + length; time_ < end; time_ += seconds(5)) {
      ComponentObservation observation;
      observation.observed_at = FromSecondsSinceEpoch(1'700'000'000) + time_ + wall_jump_;
      observation.processes = processes(static_cast<double>(time_.count()));
      trend_.Absorb(observation, SteadyTime{} + time_);
    }
  }

  void JumpWallClock(seconds jump) { wall_jump_ += jump; }

  std::optional<ComponentTrendRow> Row(Component component,
                                       const std::string& window = "1h") const {
    for (const ComponentTrendRow& row : trend_.Report().components) {
      if (row.component == component && row.window == window) return row;
    }
    return std::nullopt;
  }

  const ComponentTrend& trend() const { return trend_; }

 private:
  ComponentTrend trend_;
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
  EXPECT_EQ(row->processes, 1U);
  EXPECT_EQ(row->covered, hours(1));
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
  feeder.Run(seconds(5), restarted);
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
  feeder.Run(seconds(5), [](double) { return Processes{}; });
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
  EXPECT_EQ(sum->processes, 4U);
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
  EXPECT_TRUE(feeder.trend().Report().components.empty());
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
    for (int pid = 1000; pid < 1200; ++pid) {
      processes.push_back(Process(Component::kPostgres, pid, 1e9));
      ProcessSample pool = Process(Component::kCeleryWorker, pid + 1000, 5e8);
      pool.is_main = false;
      processes.push_back(pool);
    }
    return processes;
  };
  feeder.Run(seconds(3600), many);
  const std::size_t most = ComponentTrend::kMostSeries / 2;  // Two windows.
  EXPECT_EQ(feeder.trend().tracked(), most);
  ASSERT_TRUE(feeder.Row(Component::kCeleryWorker));
  EXPECT_EQ(feeder.Row(Component::kCeleryWorker)->processes, most);
  EXPECT_FALSE(feeder.Row(Component::kPostgres));
  // A scheduler, small and late, finds a place.
  feeder.Run(seconds(3600), [&](double t) {
    Processes processes = many(t);
    processes.push_back(Process(Component::kScheduler, 10, 1e8));
    return processes;
  });
  EXPECT_EQ(feeder.trend().tracked(), most);
  EXPECT_TRUE(feeder.Row(Component::kScheduler));
}

TEST(ComponentTrend, TakesItsWindowsFromTheSettings) {
  ComponentTrendSettings settings;
  settings.windows = {{"5m", std::chrono::minutes(5)}};
  Feeder feeder(settings);
  feeder.Run(seconds(400), [](double t) {
    return Processes{Process(Component::kScheduler, 10, 2e8 + 1000 * t)};
  });
  const auto row = feeder.Row(Component::kScheduler, "5m");
  ASSERT_TRUE(row);
  EXPECT_NEAR(row->bytes_per_second.slope, 1000, 20);
  EXPECT_EQ(row->covered, seconds(300));
}

TEST(ComponentTrend, CopesWithoutAnyWindow) {
  ComponentTrendSettings settings;
  settings.windows.clear();
  Feeder feeder(settings);
  feeder.Run(seconds(100),
             [](double) { return Processes{Process(Component::kScheduler, 1, 1e8)}; });
  EXPECT_TRUE(feeder.trend().Report().components.empty());
}

TEST(DescribeTrend, WritesSlopeAndBounds) {
  TrendReport report;
  report.components.push_back({Component::kScheduler, "1h", {5, 4, 7}, 2, hours(1)});
  MetricWriter writer(100);
  DescribeTrend(report, writer);
  std::vector<std::string> lines;
  for (const auto& family : writer.Take()) {
    for (const auto& metric : family.metric) {
      std::string line = family.name;
      for (const auto& label : metric.label) line += " " + label.name + "=" + label.value;
      lines.push_back(line + " " + std::to_string(static_cast<int>(metric.gauge.value)));
    }
  }
  const std::string labels = " component=scheduler kind=anon window=1h ";
  EXPECT_THAT(lines, testing::ElementsAre(
                         "airflow_component_memory_growth_bytes_per_second" + labels + "5",
                         "airflow_component_memory_growth_lower_bytes_per_second" + labels + "4",
                         "airflow_component_memory_growth_upper_bytes_per_second" + labels + "7"));
  EXPECT_EQ(TrendMetrics().size(), 3U);
}

}  // namespace
}  // namespace airflow_host
