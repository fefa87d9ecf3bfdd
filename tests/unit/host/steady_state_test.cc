// The host collector allocates nothing once its buffers have grown: on a starving host, memory that
// a sampler asks for is memory that it waits for. A program of its own, for its operator new
// counts.
#include <gtest/gtest.h>

#include <deque>

#include "collectors/host/host_collector.h"
#include "collectors/host/host_observation.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

/// Two hundred observations, a second apart, of which a board holds the latest and a slow reader
/// some more. Gives the allocations from the `warm`th on.
std::size_t AllocationsAfter(int warm, Collector& collector, ManualClock& clock,
                             std::size_t filesystems) {
  constexpr std::size_t kHeld = 3;
  std::deque<std::shared_ptr<const Observation>> held(kHeld);
  std::size_t before = 0;
  for (int tick = 0; tick < 200; ++tick) {
    if (tick == warm) before = Allocations();
    clock.Advance(seconds(1));
    auto observation = collector.Observe(Deadline{clock.SteadyNow() + seconds(1)});
    EXPECT_TRUE(observation);
    if (!observation) return 0;
    held[static_cast<std::size_t>(tick) % kHeld] = *std::move(observation);
  }
  const std::size_t allocations = Allocations() - before;
  const auto last = std::dynamic_pointer_cast<const HostObservation>(held.front());
  EXPECT_GE(last->filesystems.size(), filesystems);
  return allocations;
}

TEST(HostCollectorInTheSteadyState, AllocatesNothing) {
  // Of this machine itself, with all that its kernel has.
  ManualClock clock;
  HostSettings settings;
  settings.airflow_home = "/opt/airflow";
  settings.mountpoints = {"/var/log", "/tmp"};
  const auto collector = MakeHostCollector(std::move(settings), clock).value();
  EXPECT_EQ(AllocationsAfter(100, *collector, clock, 0), 0U);
}

TEST(HostCollectorInTheSteadyState, AllocatesNothingWithSwapFilesLinksAndLongNames) {
  TemporaryTree host;
  host.Write("/proc/meminfo", "MemTotal: 4096 kB\nMemAvailable: 512 kB\n");
  host.Write("/proc/swaps",
             "Filename Type Size Used Priority\n"
             "/srv/a\\040swap\\040file\\040with\\040a\\040long\\040name file 2097148 704512 -2\n"
             "/dev/disk/by-id/a-partition-with-a-long-name partition 2097148 0 -3\n");
  host.Write("/proc/1/mountinfo",
             "1 0 8:1 / / rw - ext4 a rw\n"
             "2 1 8:2 / /data/of/airflow/with/a/long/path rw - xfs b rw\n");
  host.MakeFolder("/data/of/airflow/with/a/long/path");
  host.Link("/opt/airflow", "/data/of/airflow/with/a/long/path");
  ManualClock clock;
  HostSettings settings;
  settings.paths = Paths{host.root() + "/proc", host.root() + "/sys", host.root()};
  settings.airflow_home = "/opt/airflow";
  const auto collector = MakeHostCollector(std::move(settings), clock).value();
  const auto first = collector->Observe(Deadline{clock.SteadyNow() + seconds(1)});
  ASSERT_TRUE(first);
  const auto observed = std::dynamic_pointer_cast<const HostObservation>(*first);
  ASSERT_EQ(observed->filesystems.size(), 2U);
  ASSERT_EQ(observed->swap_devices.size(), 2U);
  // Files that are not there are looked for ever more rarely, each time with an error's text.
  for (const char* file : {"vmstat", "stat", "loadavg", "sys/fs/dentry-state", "pressure/memory",
                           "pressure/io", "pressure/cpu", "self/mountinfo"}) {
    host.Write(std::string("/proc/") + file, "");
  }
  const std::string line = " rw - ext4 a rw\n";
  host.Write("/proc/self/mountinfo", "1 0 8:1 / /" + line + "2 1 8:2 / " + host.root() + line +
                                         "3 2 8:3 / " + host.root() +
                                         "/data/of/airflow/with/a/long/path" + line);
  EXPECT_EQ(AllocationsAfter(100, *collector, clock, 2), 0U);
}

TEST(AllocationCounter, Counts) {
  const std::size_t before = Allocations();
  const auto number = std::make_unique<std::uint64_t>(before);
  EXPECT_GT(Allocations(), *number);
}

}  // namespace
}  // namespace airflow_host
