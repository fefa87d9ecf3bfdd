// The trends of the host and of containers: which memory, against which limit, and their metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "exporter/insight/trend_metrics.h"
#include "exporter/insight/trends.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kGigabyte = 1024.0 * 1024 * 1024;
constexpr double kSlope = 20'000;  // 69 MB/h.

std::uint64_t Bytes(double bytes) { return static_cast<std::uint64_t>(bytes); }

/// A host and a container with a limit of 2 GB, observed every 30 s for two hours.
class TrendsTest : public testing::Test {
 protected:
  TrendsTest() : trends_(Settings(), clock_) {}

  static TrendSettings Settings() {
    TrendSettings settings;
    settings.host_cadence = settings.container_cadence = seconds(30);
    return settings;
  }

  /// `grow(seconds, host, container)` changes what is seen.
  template <typename Grow>
  void Run(Grow grow, minutes length = minutes(120)) {
    for (seconds passed{0}; passed < length; passed += seconds(30)) {
      clock_.Advance(seconds(30));
      Meminfo host;
      host.available_bytes = Bytes(4 * kGigabyte);
      host.anonymous_bytes = Bytes(kGigabyte);
      host.swap_total_bytes = host.swap_free_bytes = Bytes(kGigabyte);
      host.slab_reclaimable_bytes = Bytes(kGigabyte);
      host.slab_unreclaimable_bytes = Bytes(kGigabyte / 8);
      Container container;
      container.cgroup_path = "/docker/a";
      container.name = "scheduler";
      container.memory.anon = Bytes(kGigabyte / 2);
      container.memory.limit = Bytes(2 * kGigabyte);
      container.memory.swap_limit = 0;
      container.memory.slab_reclaimable = Bytes(kGigabyte / 4);
      container.memory.slab_unreclaimable = 0;
      grow(static_cast<double>(passed.count()), host, container);
      HostObservation host_observation;
      host_observation.memory = host;
      trends_.Absorb(host_observation);
      ContainerObservation containers;
      containers.observed_at = clock_.SystemNow();
      containers.containers = {container};
      trends_.Absorb(containers);
    }
  }

  /// Hours from now; nothing where there is no end.
  std::optional<double> HoursLeft(const SubjectTrend& trend) const {
    if (!trend.exhaustion) return std::nullopt;
    return (SecondsSinceEpoch(trend.exhaustion->expected) - SecondsSinceEpoch(clock_.SystemNow())) /
           3600;
  }

  static std::vector<std::string> Growing(const SubjectTrend& trend) {
    std::vector<std::string> growing;
    for (const TrendRow& row : trend.rows) {
      if (row.growing) growing.push_back(std::string(TrendKindName(row.kind)) + " " + row.window);
    }
    return growing;
  }

  ManualClock clock_;
  Trends trends_;
};

TEST_F(TrendsTest, NothingGrowsWhereNothingGrows) {
  Run([](double, Meminfo&, Container&) {});
  const TrendReport report = trends_.Report();
  EXPECT_EQ(report.host.rows.size(), 4U);
  ASSERT_EQ(report.containers.size(), 1U);
  EXPECT_EQ(report.containers[0].trend.rows.size(), 4U);
  EXPECT_TRUE(Growing(report.host).empty());
  EXPECT_FALSE(report.host.exhaustion);
  EXPECT_FALSE(report.containers[0].trend.exhaustion);
}

TEST_F(TrendsTest, AnonymousMemoryGrowsTowardsTheLimit) {
  double last = 0;
  Run([&](double t, Meminfo& host, Container& container) {
    last = kSlope * t;
    container.memory.anon = Bytes(kGigabyte / 2 + last);
    // The host swaps: what leaks is there, in memory or in swap.
    host.swap_free_bytes = Bytes(kGigabyte - last);
  });
  const TrendReport report = trends_.Report();
  EXPECT_THAT(Growing(report.host), testing::ElementsAre("anon 1h", "anon 6h"));
  EXPECT_THAT(Growing(report.containers[0].trend), testing::ElementsAre("anon 1h", "anon 6h"));
  const auto host = HoursLeft(report.host);
  const auto container = HoursLeft(report.containers[0].trend);
  ASSERT_TRUE(host && container);
  EXPECT_NEAR(*host, (5 * kGigabyte - last) / kSlope / 3600, 0.2);
  EXPECT_NEAR(*container, (1.5 * kGigabyte - last) / kSlope / 3600, 0.2);
}

TEST_F(TrendsTest, SlabGrowsTowardsTheDayItMustBeDropped) {
  double last = 0;
  Run([&](double t, Meminfo& host, Container& container) {
    last = kSlope * t;
    container.memory.slab_reclaimable = Bytes(kGigabyte / 4 + last);
    host.slab_reclaimable_bytes = Bytes(kGigabyte + last);  // MemAvailable stays.
  });
  const TrendReport report = trends_.Report();
  EXPECT_THAT(Growing(report.host), testing::ElementsAre("slab 1h", "slab 6h"));
  EXPECT_THAT(Growing(report.containers[0].trend), testing::ElementsAre("slab 1h", "slab 6h"));
  const auto container = HoursLeft(report.containers[0].trend);
  const auto host = HoursLeft(report.host);
  ASSERT_TRUE(host && container);
  EXPECT_NEAR(*container, (1.25 * kGigabyte - last) / kSlope / 3600, 0.2);
  EXPECT_NEAR(*host, (4 * kGigabyte - last) / kSlope / 3600, 0.2);
}

TEST_F(TrendsTest, AContainerWithoutALimitHasNoEnd) {
  Run([](double t, Meminfo&, Container& container) {
    container.memory.anon = Bytes(kGigabyte / 2 + kSlope * t);
    container.memory.limit.reset();
  });
  EXPECT_FALSE(Growing(trends_.Report().containers[0].trend).empty());
  EXPECT_FALSE(trends_.Report().containers[0].trend.exhaustion);
}

TEST_F(TrendsTest, AContainerEndsWithTheHostWhereThatIsFirst) {
  double last = 0;
  Run([&](double t, Meminfo& host, Container& container) {
    last = kSlope * t;
    container.memory.anon = Bytes(kGigabyte / 2 + last);
    container.memory.limit = Bytes(64 * kGigabyte);
    host.anonymous_bytes = Bytes(kGigabyte + last);
    host.available_bytes = Bytes(4 * kGigabyte - last);
  });
  const auto container = HoursLeft(trends_.Report().containers[0].trend);
  ASSERT_TRUE(container);
  EXPECT_NEAR(*container, (5 * kGigabyte - last) / kSlope / 3600, 0.2);
}

TEST_F(TrendsTest, SlabOfAContainerEndsWithTheHostWhereThatIsFirst) {
  double last = 0;
  Run([&](double t, Meminfo& host, Container& container) {
    last = kSlope * t;
    container.memory.slab_reclaimable = Bytes(kGigabyte / 4 + last);
    container.memory.limit = Bytes(64 * kGigabyte);
    host.slab_reclaimable_bytes = Bytes(kGigabyte + last);
  });
  const auto container = HoursLeft(trends_.Report().containers[0].trend);
  ASSERT_TRUE(container);
  EXPECT_NEAR(*container, (4 * kGigabyte - last) / kSlope / 3600, 0.2);
}

TEST_F(TrendsTest, ShowsNoServiceThatIsOfNoConcern) {
  const auto service = [](std::string component) {
    return [component](double, Meminfo&, Container& container) {
      container.runtime = ContainerRuntime::kSystemd;
      container.component = component;
    };
  };
  Run(service(""), minutes(60));
  EXPECT_TRUE(trends_.Report().containers.empty());
  EXPECT_TRUE(trends_.Save().containers.empty());
  Run(service("scheduler"), minutes(60));
  EXPECT_EQ(trends_.Report().containers.size(), 1U);
  // Another run knows what runs in it a moment after it has seen it.
  Trends next(Settings(), clock_);
  next.Restore(trends_.Save());
  ContainerObservation first;
  first.observed_at = clock_.SystemNow();
  first.containers.resize(1);
  first.containers[0].cgroup_path = "/docker/a";
  first.containers[0].runtime = ContainerRuntime::kSystemd;
  next.Absorb(first);
  EXPECT_TRUE(next.Report().containers.empty());
  EXPECT_EQ(next.Save().containers.size(), 1U);
}

TEST(ContainerTrend, TellsTheRoomOfContainersThatAreNotFollowed) {
  ContainerTrend trend({{"1h", std::chrono::hours(1)}}, seconds(5));
  ContainerObservation observation;
  const std::size_t many = ContainerTrend::kMostContainers + 1;
  for (std::size_t at = 0; at < many; ++at) {
    Container container;
    container.cgroup_path = "/docker/" + std::to_string(at);
    container.memory.anon = 100 + at;
    container.memory.limit = 1000;
    observation.containers.push_back(std::move(container));
  }
  observation.containers[7].runtime = ContainerRuntime::kSystemd;
  trend.Absorb(observation, {}, MemoryRooms{});
  MemoryRooms rooms;
  rooms.containers = trend.rooms();
  EXPECT_EQ(rooms.containers.size(), many);
  for (const std::size_t at : {std::size_t{0}, std::size_t{7}, many - 1}) {
    const ContainerRoom* const room = rooms.Around("/docker/" + std::to_string(at));
    ASSERT_NE(room, nullptr) << at;
    EXPECT_EQ(room->bytes, 900 - static_cast<double>(at));
  }
  MemoryRooms host;
  host.host_bytes = 50;
  trend.Absorb(observation, {}, host);
  EXPECT_EQ(trend.rooms().at(0).bytes, 50);
}

TEST_F(TrendsTest, AnotherCgroupIsAnotherContainer) {
  const auto leak = [](std::uint64_t inode) {
    return [inode](double t, Meminfo&, Container& container) {
      container.cgroup_inode = inode;
      container.memory.anon = Bytes(kGigabyte / 2 + kSlope * t);
    };
  };
  Run(leak(7));
  EXPECT_FALSE(trends_.Report().containers[0].trend.rows.empty());
  Run(leak(8), minutes(5));
  EXPECT_TRUE(trends_.Report().containers[0].trend.rows.empty());
}

TEST_F(TrendsTest, SaysNothingOfWhatIsOld) {
  Run([](double, Meminfo&, Container&) {});
  clock_.Advance(seconds(121));
  EXPECT_TRUE(trends_.Report().host.rows.empty());
  EXPECT_TRUE(trends_.Report().containers.empty());
}

TEST_F(TrendsTest, GoesOnWhereAnotherRunEnded) {
  const auto leak = [](double t, Meminfo& host, Container& container) {
    container.cgroup_inode = 7;
    container.memory.anon = Bytes(kGigabyte / 2 + kSlope * t);
    host.anonymous_bytes = container.memory.anon;
  };
  Run(leak);
  const TrendHistory history = trends_.Save();
  Trends next(Settings(), clock_);
  next.Restore(history);
  HostObservation host;
  host.memory.anonymous_bytes = Bytes(kGigabyte / 2 + kSlope * 7200);
  next.Absorb(host);
  EXPECT_THAT(Growing(next.Report().host), testing::ElementsAre("anon 1h", "anon 6h"));
}

TEST_F(TrendsTest, IsDescribedWithTheLabelsOfContainers) {
  Run([](double t, Meminfo&, Container& container) {
    container.memory.anon = Bytes(kGigabyte / 2 + kSlope * t);
    container.compose_project = "airflow";
    container.compose_service = "scheduler";
  });
  MetricWriter writer(1000);
  DescribeTrend(trends_.Report(), writer);
  std::vector<std::string> lines;
  for (const auto& family : writer.Take()) {
    for (const auto& metric : family.metric) {
      std::string line = family.name;
      for (const auto& label : metric.label) line += " " + label.name + "=" + label.value;
      lines.push_back(line);
    }
  }
  const std::string labels =
      " container=scheduler compose_project=airflow compose_service=scheduler";
  EXPECT_THAT(lines, testing::Contains("airflow_host_memory_growing kind=slab window=6h"));
  EXPECT_THAT(lines, testing::Contains("airflow_container_memory_growth_lower_bytes_per_second" +
                                       labels + " kind=anon window=1h"));
  for (const char* const bound : {"earliest", "expected", "latest"}) {
    EXPECT_THAT(lines, testing::Contains("airflow_container_memory_exhaustion_timestamp_seconds" +
                                         labels + " bound=" + bound));
  }
  EXPECT_EQ(
      std::count_if(lines.begin(), lines.end(),
                    [](const auto& line) { return line.find("host_memory_exh") != line.npos; }),
      0);
  EXPECT_EQ(TrendMetrics().size(), 15U);
}

}  // namespace
}  // namespace airflow_host
