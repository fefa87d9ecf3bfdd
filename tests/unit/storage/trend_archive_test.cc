// The archive: what is written comes back, and nothing else is taken for one.
#include "exporter/storage/trend_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using testing::HasSubstr;

TrendArchive Sample() {
  TrendSeriesState series;
  series.width_nanoseconds = 30'000'000'000;
  series.buckets = 120;
  series.current = 500;
  series.open_minimum = 7;
  series.minima = {1, 2, std::numeric_limits<float>::quiet_NaN(), 4};
  TrendTrackState track;
  track.series = {series, series};
  track.hours = {4, true, 5, {1, 2}};
  TrendArchive archive;
  archive.boot_id = "5f1a";
  archive.history.host = {track, track};
  archive.history.containers = {{{"/docker/a", 77}, {track, track}}};
  archive.history.processes = {{{10, 999}, {track}}};
  return archive;
}

TEST(TrendArchive, ComesBackAsItWas) {
  const std::string bytes = EncodeTrendArchive(Sample());
  const auto read = DecodeTrendArchive(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->boot_id, "5f1a");
  ASSERT_EQ(read->history.containers.size(), 1U);
  EXPECT_EQ(read->history.containers[0].identity.cgroup_path, "/docker/a");
  EXPECT_EQ(read->history.containers[0].identity.mark, 77U);
  ASSERT_EQ(read->history.processes.size(), 1U);
  EXPECT_EQ(read->history.processes[0].identity.start_ticks, 999U);
  const TrendSeriesState& series = read->history.host.at(1).series.at(1);
  EXPECT_EQ(series.current, 500);
  EXPECT_EQ(series.minima.at(3), 4);
  EXPECT_TRUE(std::isnan(series.minima.at(2)));
  EXPECT_EQ(read->history.host.at(0).hours.lows.size(), 2U);
  EXPECT_EQ(EncodeTrendArchive(*read), bytes);
}

TEST(TrendArchive, IsRefusedWhereverItIsCutOff) {
  const std::string bytes = EncodeTrendArchive(Sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto read = DecodeTrendArchive(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().kind, ErrorKind::kMalformed);
  }
  EXPECT_FALSE(DecodeTrendArchive(bytes + "x"));
}

TEST(TrendArchive, IsRefusedWhereverABitHasFlipped) {
  const std::string bytes = EncodeTrendArchive(Sample());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(DecodeTrendArchive(damaged)) << at;
  }
}

TEST(TrendArchive, SaysWhatIsWrong) {
  std::string other = EncodeTrendArchive(Sample());
  other[8] = 9;
  EXPECT_THAT(DecodeTrendArchive(other).error().message, HasSubstr("version 9"));
  EXPECT_THAT(DecodeTrendArchive("PK\x03\x04").error().message, HasSubstr("no history"));
  EXPECT_THAT(DecodeTrendArchive("").error().message, HasSubstr("no history"));
  std::string damaged = EncodeTrendArchive(Sample());
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_THAT(DecodeTrendArchive(damaged).error().message, HasSubstr("checksum"));
}

TEST(TrendArchive, OfTheMostThatIsFollowedFitsTheLimit) {
  ManualClock clock;
  TrendSettings settings;
  settings.windows.assign(4, {"1h", std::chrono::hours(1)});
  settings.container_cadence = settings.component_cadence = std::chrono::seconds(30);
  Trends trends(settings, clock);
  for (int bucket = 0; bucket < 170; ++bucket) {
    ContainerObservation containers;
    for (int number = 0; number < 210; ++number) {
      Container container;
      container.cgroup_path = "/kubepods.slice/kubepods-burstable.slice/" + std::string(90, 'p') +
                              "/cri-containerd-" + std::to_string(1000 + number) + ".scope";
      container.memory.anon = container.memory.slab_reclaimable = 1'000'000;
      containers.containers.push_back(std::move(container));
    }
    trends.Absorb(containers);
    ComponentObservation components;
    for (int pid = 1; pid <= 130; ++pid) {
      ProcessSample process;
      process.pid = pid;
      process.anon_bytes = 1'000'000;
      components.processes.push_back(process);
    }
    trends.Absorb(components);
    trends.Absorb(HostObservation{});
    // Every hour of a week has a place in it, so let a week go by.
    clock.Advance(bucket < 50 ? std::chrono::seconds(4 * 3600) : std::chrono::seconds(30));
  }
  EXPECT_LT(EncodeTrendArchive({"boot", trends.Save()}).size(), kLongestArchive / 2);
}

}  // namespace
}  // namespace airflow_host
