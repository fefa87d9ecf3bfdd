#include "collectors/host/host_metrics.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <set>
#include <string>

#include "collectors/host/host_collector.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

/// The page's lines, comments left out: "name{labels}" to value.
std::map<std::string, std::string> Samples(const HostObservation* observation) {
  MetricWriter writer(1000);
  DescribeHost(CollectorStatus{}, observation, writer);
  std::istringstream page(prometheus::TextSerializer().Serialize(writer.Take()));
  std::map<std::string, std::string> samples;
  for (std::string line; std::getline(page, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = line.rfind(' ');
    EXPECT_TRUE(samples.emplace(line.substr(0, space), line.substr(space + 1)).second) << line;
  }
  return samples;
}

std::shared_ptr<const HostObservation> ObserveFixture(const std::string& name) {
  const std::string root = std::string(FIXTURES_DIRECTORY) + "/" + name;
  const ManualClock clock;
  HostSettings settings;
  settings.paths = Paths{root + "/proc", root + "/sys", root};
  const auto collector = MakeHostCollector(settings, clock).value();
  const auto observation = collector->Observe(Deadline{clock.SteadyNow() + std::chrono::hours(1)});
  return std::dynamic_pointer_cast<const HostObservation>(observation.value());
}

TEST(DescribeHost, AddsNothingWithoutAnObservation) { EXPECT_TRUE(Samples(nullptr).empty()); }

TEST(DescribeHost, AddsOnlyWhatIsKnown) {
  const HostObservation nothing;
  EXPECT_EQ(Samples(&nothing),
            (std::map<std::string, std::string>{{"airflow_host_stall_seconds_total", "0"}}));
}

TEST(DescribeHost, WritesAWholeHost) {
  auto samples = Samples(ObserveFixture("debian12-cgroup2").get());
  const std::pair<const char*, const char*> expected[] = {
      {"airflow_host_memory_total_bytes", "4058714112"},
      {"airflow_host_memory_available_bytes", "605028352"},
      {"airflow_host_memory_available_low_bytes", "605028352"},
      {"airflow_host_memory_free_bytes", "146337792"},
      {"airflow_host_memory_anonymous_bytes", "2718535680"},
      {"airflow_host_memory_cached_bytes", "627040256"},
      {"airflow_host_memory_shared_bytes", "64499712"},
      {"airflow_host_memory_slab_reclaimable_bytes", "123908096"},
      {"airflow_host_memory_slab_unreclaimable_bytes", "113098752"},
      {"airflow_host_memory_committed_bytes", "6267338752"},
      {"airflow_host_memory_commit_limit_bytes", "4176836608"},
      {"airflow_host_swap_total_bytes", "2147479552"},
      {"airflow_host_swap_free_bytes", "1426059264"},
      {"airflow_host_swap_cached_bytes", "49369088"},
      {"airflow_host_swap_device_size_bytes{device=\"/swapfile\"}", "2147479552"},
      {"airflow_host_swap_device_used_bytes{device=\"/swapfile\"}", "721420288"},
      {"airflow_host_major_page_faults_total", "93012"},
      {"airflow_host_refaults_total{kind=\"anon\"}", "48213"},
      {"airflow_host_refaults_total{kind=\"file\"}", "1840233"},
      {"airflow_host_oom_kills_total", "3"},
      {"airflow_host_pressure_stalled_seconds_total{resource=\"memory\",kind=\"some\"}",
       "48.120344"},
      {"airflow_host_pressure_stalled_seconds_total{resource=\"io\",kind=\"full\"}", "703.312044"},
      {"airflow_host_pressure_stalled_seconds_total{resource=\"cpu\",kind=\"full\"}", "0"},
      {"airflow_host_stall_seconds_total", "0"},
      {"airflow_host_cpus", "2"},
      {"airflow_host_cpu_seconds_total{mode=\"steal\"}", "1174.03"},
      {"airflow_host_load1", "6.42"},
      {"airflow_host_processes_blocked", "3"},
      {"airflow_host_boot_timestamp_seconds", "1731800334"},
      {"airflow_host_dentries_negative", "61233"},
  };
  for (const auto& [series, value] : expected) EXPECT_EQ(samples[series], value) << series;
  EXPECT_EQ(samples.count("airflow_host_filesystem_size_bytes{mountpoint=\"/\"}"), 1U);
}

TEST(DescribeHost, AddsWhatItsTableTellsAndNoMore) {
  MetricWriter writer(1000);
  DescribeHost(CollectorStatus{}, ObserveFixture("debian12-cgroup2").get(), writer);
  std::set<std::string> described;
  for (const auto& family : writer.Take()) described.insert(family.name);
  std::set<std::string> listed;
  for (const MetricDescription& metric : HostMetrics()) listed.insert(metric.name);
  EXPECT_EQ(described, listed);
  EXPECT_EQ(listed.size(), HostMetrics().size()) << "a name stands in the table twice";
}

TEST(DescribeHost, RoundsWhatADoubleCannotHold) {
  HostObservation host;
  host.memory.total_bytes = (1ULL << 53U) + 1024;  // A double holds it: it is even.
  host.memory.available_bytes = (1ULL << 53U) + 1;
  host.paging.swap_in_bytes = UINT64_MAX;
  MetricWriter writer(1000);
  DescribeHost(CollectorStatus{}, &host, writer);
  std::map<std::string, double> values;
  for (const auto& family : writer.Take()) {
    const auto& metric = family.metric.at(0);
    values[family.name] = metric.gauge.value + metric.counter.value;
  }
  EXPECT_EQ(values.at("airflow_host_memory_total_bytes"), 9007199254742016.0);
  EXPECT_EQ(values.at("airflow_host_memory_available_bytes"), 9007199254740992.0);
  EXPECT_EQ(values.at("airflow_host_swap_in_bytes_total"), 18446744073709551616.0);
}

TEST(DescribeHost, LeavesOutWhatWouldMakeALabelTwice) {
  HostObservation host;
  host.swap_devices = {{"/swap\n", true, 1, 1}, {"/swap\t", true, 2, 2}};
  host.filesystems = {{"/a\x01", 3, 1}, {"/a\x02", 4, 1}};
  auto samples = Samples(&host);
  EXPECT_EQ(samples["airflow_host_swap_device_size_bytes{device=\"/swap?\"}"], "1");
  EXPECT_EQ(samples["airflow_host_filesystem_size_bytes{mountpoint=\"/a?\"}"], "3");
}

TEST(HostMetrics, HaveHelpsThatThePageCanCarry) {
  for (const MetricDescription& metric : HostMetrics()) {
    const std::string_view help = metric.help;
    EXPECT_FALSE(help.empty()) << metric.name;
    EXPECT_EQ(help.find_first_of("\\\n"), std::string_view::npos) << metric.name;
    const bool counter = std::string_view(metric.name).ends_with("_total");
    EXPECT_EQ(metric.type == prometheus::MetricType::Counter, counter) << metric.name;
  }
}

}  // namespace
}  // namespace airflow_host
