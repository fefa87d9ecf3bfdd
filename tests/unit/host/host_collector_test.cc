#include "collectors/host/host_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "collectors/host/host_observation.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Fixture(const std::string& name) {
  return std::string(FIXTURES_DIRECTORY) + "/" + name;
}

/// A collector of one tree and the clock that it lives by.
class Subject {
 public:
  explicit Subject(const std::string& root, std::string airflow_home = "") {
    HostSettings settings;
    settings.paths = Paths{root + "/proc", root + "/sys", root};
    settings.airflow_home = std::move(airflow_home);
    collector_ = MakeHostCollector(std::move(settings), clock_).value();
  }

  Expected<std::shared_ptr<const Observation>> Attempt() {
    return collector_->Observe(Deadline{clock_.SteadyNow() + seconds(5)});
  }

  std::shared_ptr<const HostObservation> Observe() {
    const auto observation = Attempt();
    if (!observation) {
      ADD_FAILURE() << observation.error().message;
      return std::make_shared<HostObservation>();
    }
    return std::dynamic_pointer_cast<const HostObservation>(*observation);
  }

  void Advance(std::chrono::nanoseconds duration) { clock_.Advance(duration); }
  const Clock& clock() const { return clock_; }

 private:
  ManualClock clock_;
  std::unique_ptr<Collector> collector_;
};

std::uint64_t PageSize() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

TEST(HostCollector, ReadsAWholeHost) {
  Subject subject(Fixture("debian12-cgroup2"));
  const auto host = subject.Observe();
  EXPECT_EQ(host->observed_at, subject.clock().SystemNow());
  EXPECT_EQ(host->memory.total_bytes, 3963588U * 1024);
  EXPECT_EQ(host->memory.available_bytes, 577U * 1024 * 1024);
  EXPECT_EQ(host->memory_available_low_bytes, 577U * 1024 * 1024);
  EXPECT_EQ(host->memory.committed_bytes, 6120448ULL * 1024);
  ASSERT_EQ(host->swap_devices.size(), 1U);
  EXPECT_EQ(host->swap_devices[0].path, "/swapfile");
  EXPECT_EQ(host->swap_devices[0].used_bytes,
            *host->memory.swap_total_bytes - *host->memory.swap_free_bytes);
  EXPECT_EQ(host->paging.swap_in_bytes, 51204 * PageSize());
  EXPECT_EQ(host->paging.anonymous_refaults, 48213U);
  EXPECT_EQ(host->paging.oom_kills, 3U);
  ASSERT_TRUE(host->memory_pressure.full && host->io_pressure.some && host->cpu_pressure.full);
  EXPECT_DOUBLE_EQ(host->memory_pressure.full->count(), 31.004120);
  EXPECT_DOUBLE_EQ(host->io_pressure.some->count(), 912.033410);
  EXPECT_EQ(host->cpu_pressure.full, Seconds(0));
  EXPECT_EQ(host->stalls, Seconds(0));
  EXPECT_EQ(host->processors.cpus, 2U);
  EXPECT_EQ(host->processors.processes_blocked, 3U);
  EXPECT_EQ(host->load1, 6.42);
  EXPECT_EQ(host->negative_dentries, 61233U);
  ASSERT_FALSE(host->filesystems.empty());
  EXPECT_EQ(host->filesystems[0].mount_point, "/");
}

TEST(HostCollector, TellsNoSwapFromUnknownSwap) {
  const auto host = Subject(Fixture("debian12-cgroup1")).Observe();
  EXPECT_EQ(host->memory.swap_total_bytes, 0U);
  EXPECT_THAT(host->swap_devices, IsEmpty());
  EXPECT_EQ(host->paging.oom_kills, 36U);
}

TEST(HostCollector, KnowsKernelsWithoutACpuFullLine) {
  const auto host = Subject(Fixture("hybrid")).Observe();
  EXPECT_TRUE(host->cpu_pressure.some);
  EXPECT_EQ(host->cpu_pressure.full, std::nullopt);
  ASSERT_EQ(host->swap_devices.size(), 2U);
  EXPECT_EQ(host->swap_devices[1].path, "/srv/swap area/swap file");
}

TEST(HostCollector, LeavesEmptyWhatAnOldKernelDoesNotTell) {
  const auto host = Subject(Fixture("no-psi")).Observe();
  EXPECT_EQ(host->memory_pressure.some, std::nullopt);
  EXPECT_EQ(host->io_pressure.some, std::nullopt);
  EXPECT_EQ(host->cpu_pressure.some, std::nullopt);
  EXPECT_EQ(host->paging.anonymous_refaults, std::nullopt);
  EXPECT_EQ(host->paging.file_refaults, 301223U);
  EXPECT_EQ(host->negative_dentries, std::nullopt);
  EXPECT_TRUE(host->memory.total_bytes);
}

TEST(HostCollector, FailsOnlyWithoutMeminfo) {
  TemporaryTree tree;
  const auto failed = Subject(tree.root()).Attempt();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(failed.error().message, HasSubstr("/proc/meminfo"));
  EXPECT_THAT(failed.error().message, HasSubstr("--path.procfs"));

  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  const auto host = Subject(tree.root()).Observe();
  EXPECT_EQ(host->memory.total_bytes, 4096U);
  EXPECT_EQ(host->memory_available_low_bytes, std::nullopt);
  EXPECT_EQ(host->paging.swap_in_bytes, std::nullopt);
  EXPECT_EQ(host->processors.cpus, std::nullopt);
  EXPECT_EQ(host->load1, std::nullopt);
  EXPECT_THAT(host->filesystems, IsEmpty());
}

TEST(HostCollector, LeavesMaskedFilesEmpty) {
  // Container engines mask a file by /dev/null, and a folder by an empty one.
  TemporaryTree tree;
  for (const char* file : {"meminfo", "vmstat", "swaps", "stat", "loadavg", "pressure/memory"}) {
    tree.Link(std::string("/proc/") + file, "/dev/null");
  }
  tree.MakeFolder("/proc/sys/fs/dentry-state");
  const auto host = Subject(tree.root()).Observe();
  EXPECT_EQ(host->memory.total_bytes, std::nullopt);
  EXPECT_EQ(host->paging.oom_kills, std::nullopt);
  EXPECT_EQ(host->memory_pressure.some, std::nullopt);
  EXPECT_EQ(host->processors.boot_time, std::nullopt);
  EXPECT_EQ(host->negative_dentries, std::nullopt);
}

TEST(HostCollector, LeavesEmptyWhatLxcfsDoesNotTell) {
  // lxcfs gives a container's own figures: no committed memory, no btime, and a /proc/swaps without
  // the host's devices. It may also be gone: then reading fails, here as reading a folder does.
  TemporaryTree tree;
  tree.Write("/proc/meminfo",
             "MemTotal:         524288 kB\nMemFree:          101000 kB\n"
             "MemAvailable:     301000 kB\nBuffers:               0 kB\n"
             "Cached:           200000 kB\nSwapCached:            0 kB\n"
             "SwapTotal:             0 kB\nSwapFree:              0 kB\n");
  tree.Write("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
  tree.Write("/proc/stat", "cpu 10 0 5 100 0 0 0 0 0 0\ncpu0 10 0 5 100 0 0 0 0 0 0\nbtime 0\n");
  tree.MakeFolder("/proc/vmstat");
  tree.MakeFolder("/proc/loadavg");
  const auto host = Subject(tree.root()).Observe();
  EXPECT_EQ(host->memory.total_bytes, 512ULL << 20U);
  EXPECT_EQ(host->memory.swap_total_bytes, 0U);
  EXPECT_EQ(host->memory.anonymous_bytes, std::nullopt);
  EXPECT_EQ(host->memory.committed_bytes, std::nullopt);
  EXPECT_THAT(host->swap_devices, IsEmpty());
  EXPECT_EQ(host->processors.cpus, 1U);
  EXPECT_EQ(host->processors.boot_time, std::nullopt);
  EXPECT_EQ(host->paging.major_page_faults, std::nullopt);
  EXPECT_EQ(host->load1, std::nullopt);
}

TEST(HostCollector, SaysWhatIsMissingWhereProcShowsProcessesOnly) {
  TemporaryTree tree;  // mount -o subset=pid
  tree.MakeFolder("/proc/1");
  const auto failed = Subject(tree.root()).Attempt();
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("--path.procfs"));
}

TEST(HostCollector, ForgetsWhatIsNotThereAnyMore) {
  // An observation is one that was used before: nothing of then may show.
  TemporaryTree tree;
  const std::string fixture = Fixture("debian12-cgroup2") + "/proc";
  std::filesystem::copy(fixture, tree.root() + "/proc", std::filesystem::copy_options::recursive);
  Subject subject(tree.root());
  for (int tick = 0; tick < 4; ++tick) {
    const auto full = subject.Observe();
    EXPECT_FALSE(full->swap_devices.empty());
    EXPECT_TRUE(full->load1 && full->negative_dentries && full->processors.cpus);
  }
  for (const char* file : {"vmstat", "swaps", "stat", "loadavg", "pressure/memory", "pressure/io",
                           "pressure/cpu", "sys/fs/dentry-state"}) {
    tree.Write(std::string("/proc/") + file, "");
  }
  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  subject.Advance(seconds(61));
  for (int tick = 0; tick < 4; ++tick) {
    const auto host = subject.Observe();
    EXPECT_EQ(host->memory.available_bytes, std::nullopt);
    EXPECT_EQ(host->memory_available_low_bytes, std::nullopt);
    EXPECT_THAT(host->swap_devices, IsEmpty());
    EXPECT_EQ(host->paging.swap_in_bytes, std::nullopt);
    EXPECT_EQ(host->memory_pressure.some, std::nullopt);
    EXPECT_EQ(host->io_pressure.full, std::nullopt);
    EXPECT_EQ(host->cpu_pressure.some, std::nullopt);
    EXPECT_EQ(host->processors.cpus, std::nullopt);
    EXPECT_EQ(host->processors.boot_time, std::nullopt);
    EXPECT_EQ(host->load1, std::nullopt);
    EXPECT_EQ(host->negative_dentries, std::nullopt);
  }
}

TEST(HostCollector, FindsAFileThatAppearsLater) {
  TemporaryTree tree;
  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  Subject subject(tree.root());
  EXPECT_EQ(subject.Observe()->load1, std::nullopt);
  tree.Write("/proc/loadavg", "6.42 3.10 1.55 4/412 90233\n");
  subject.Advance(seconds(60));
  EXPECT_EQ(subject.Observe()->load1, 6.42);
}

TEST(HostCollector, RemembersTheLowestMemoryOfAMinute) {
  TemporaryTree tree;
  Subject subject(tree.root());
  tree.Write("/proc/meminfo", "MemAvailable: 100 kB\n");
  EXPECT_EQ(subject.Observe()->memory_available_low_bytes, 102400U);
  tree.Write("/proc/meminfo", "MemAvailable: 700 kB\n");
  subject.Advance(seconds(59));
  EXPECT_EQ(subject.Observe()->memory_available_low_bytes, 102400U);
  subject.Advance(seconds(1));
  EXPECT_EQ(subject.Observe()->memory_available_low_bytes, 716800U);
}

TEST(HostCollector, CountsStallsBetweenAttemptsThatFailToo) {
  TemporaryTree tree;
  Subject subject(tree.root());
  EXPECT_FALSE(subject.Attempt());
  subject.Advance(seconds(6));
  EXPECT_FALSE(subject.Attempt());
  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  subject.Advance(seconds(1));
  EXPECT_EQ(subject.Observe()->stalls, Seconds(5));
}

TEST(HostCollector, HoldsCpuTimesThatFallALittle) {
  TemporaryTree tree;
  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  tree.Write("/proc/stat", "cpu 100 0 0 5000 700\n");
  Subject subject(tree.root());
  EXPECT_EQ(subject.Observe()->processors.cpu_times[4], Seconds(7));
  tree.Write("/proc/stat", "cpu 150 0 0 5000 690\n");
  const auto host = subject.Observe();
  EXPECT_EQ(host->processors.cpu_times[0], Seconds(1.5));
  EXPECT_EQ(host->processors.cpu_times[4], Seconds(7));
}

TEST(HostCollector, ReadsFilesystemsEveryHalfMinute) {
  TemporaryTree tree;
  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  tree.MakeFolder("/opt/airflow");
  Subject subject(tree.root(), "/opt/airflow");
  EXPECT_THAT(subject.Observe()->filesystems, IsEmpty());
  tree.Write("/proc/1/mountinfo",
             "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /opt/airflow rw - xfs b rw\n");
  subject.Advance(seconds(29));
  EXPECT_THAT(subject.Observe()->filesystems, IsEmpty());
  subject.Advance(seconds(1));
  EXPECT_EQ(subject.Observe()->filesystems.size(), 2U);
}

TEST(HostCollector, WatchesTheFilesystemOfAirflowsLogs) {
  TemporaryTree tree;
  tree.Write("/proc/meminfo", "MemTotal: 4 kB\n");
  tree.Write("/proc/1/mountinfo",
             "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /opt/airflow/logs rw - xfs b rw\n"
             "3 1 8:3 / /var/log/airflow rw - ext4 c rw\n");
  tree.MakeFolder("/opt/airflow/logs");
  tree.MakeFolder("/var/log/airflow");
  const auto watched = [&](const std::string& logs) {
    const ManualClock clock;
    HostSettings settings;
    settings.paths = Paths{tree.root() + "/proc", tree.root() + "/sys", tree.root()};
    settings.airflow_home = "/opt/airflow";
    settings.airflow_logs = logs;
    const auto collector = MakeHostCollector(std::move(settings), clock).value();
    const auto observed = collector->Observe(Deadline{clock.SteadyNow() + seconds(5)}).value();
    return std::dynamic_pointer_cast<const HostObservation>(observed)
        ->filesystems.at(1)
        .mount_point;
  };
  EXPECT_EQ(watched(""), "/opt/airflow/logs");
  EXPECT_EQ(watched("{AIRFLOW_HOME}/logs"), "/opt/airflow/logs");
  EXPECT_EQ(watched("/var/log/airflow/tasks"), "/var/log/airflow");
}

TEST(HostCollector, KeepsItsDescriptors) {
  const auto count = [] {
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    return std::distance(begin(descriptors), end(descriptors));
  };
  Subject subject(Fixture("no-psi"));
  subject.Observe();
  const auto before = count();
  for (int i = 0; i < 100; ++i) {
    subject.Advance(seconds(1));
    subject.Observe();
  }
  EXPECT_EQ(count(), before);
}

TEST(MakeHostCollector, SaysWhatIsWrongWithTheSettings) {
  const ManualClock clock;
  HostSettings settings;
  settings.mountpoints = {"/data", "logs"};
  const auto relative = MakeHostCollector(settings, clock);
  ASSERT_FALSE(relative);
  EXPECT_EQ(relative.error().kind, ErrorKind::kMalformed);
  EXPECT_THAT(relative.error().message, HasSubstr("\"logs\""));
  settings.mountpoints.clear();
  settings.cadence = std::chrono::milliseconds(0);
  EXPECT_FALSE(MakeHostCollector(settings, clock));
}

}  // namespace
}  // namespace airflow_host
