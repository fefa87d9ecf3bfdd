// Reads the host's files on kept descriptors and puts the parsed values together.
#include "collectors/host/host_collector.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "collectors/host/dentry_state.h"
#include "collectors/host/filesystems.h"
#include "collectors/host/host_observation.h"
#include "collectors/host/loadavg.h"
#include "collectors/host/minute_low.h"
#include "collectors/host/optional_file.h"
#include "collectors/host/stall_meter.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/observation_pool.h"

namespace airflow_host {
namespace {

/// File systems fill slowly, and their list of mounts may be long.
constexpr std::chrono::seconds kFilesystemCadence{30};

bool IsAbsolute(std::string_view path) { return path.substr(0, 1) == "/"; }

/// The paths whose file systems are watched besides the root. One that does not exist stands for
/// the file system that it would be made on.
std::vector<std::string> PathsWatched(const HostSettings& settings) {
  std::vector<std::string> paths = settings.mountpoints;
  // A relative AIRFLOW_HOME cannot be found from here, and is no reason to watch nothing.
  if (IsAbsolute(settings.airflow_home)) {
    paths.push_back(settings.airflow_home);
    if (!IsAbsolute(settings.airflow_logs)) paths.push_back(settings.airflow_home + "/logs");
  }
  if (IsAbsolute(settings.airflow_logs)) paths.push_back(settings.airflow_logs);
  return paths;
}

/// A positive figure of sysconf(3); 0 where it has none, which empties what depends on it.
std::uint64_t SystemFigure(int name) {
  const long figure = ::sysconf(name);
  return figure > 0 ? static_cast<std::uint64_t>(figure) : 0;
}

/// `counters` as they are if `page_size` is known; without those in bytes otherwise.
PagingCounters ReadPaging(OptionalFile& file, SteadyTime now, std::uint64_t page_size) {
  const auto text = file.Read(now);
  if (!text) return {};
  PagingCounters counters = ParseVmstat(*text, page_size);
  if (page_size == 0) counters.swap_in_bytes = counters.swap_out_bytes = std::nullopt;
  return counters;
}

PressureTotals ReadPressure(OptionalFile& file, SteadyTime now) {
  const auto text = file.Read(now);
  return text ? ParsePressure(*text) : PressureTotals{};
}

class HostCollector final : public Collector {
 public:
  HostCollector(const HostSettings& settings, const Clock& clock)
      : clock_(clock),
        page_size_(SystemFigure(_SC_PAGESIZE)),
        ticks_per_second_(SystemFigure(_SC_CLK_TCK)),
        meminfo_(settings.paths.procfs + "/meminfo"),
        swaps_(settings.paths.procfs + "/swaps"),
        vmstat_(settings.paths.procfs + "/vmstat"),
        memory_pressure_(settings.paths.procfs + "/pressure/memory"),
        io_pressure_(settings.paths.procfs + "/pressure/io"),
        cpu_pressure_(settings.paths.procfs + "/pressure/cpu"),
        stat_(settings.paths.procfs + "/stat"),
        loadavg_(settings.paths.procfs + "/loadavg"),
        dentry_state_(settings.paths.procfs + "/sys/fs/dentry-state"),
        filesystem_reader_(settings.paths, PathsWatched(settings)),
        stalls_(settings.cadence) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    const SteadyTime now = clock_.SteadyNow();
    stalls_.Tick(now);
    const auto meminfo = meminfo_.Read();
    if (!meminfo) {
      Error error = meminfo.error();
      error.kind = ErrorKind::kFailed;  // Every host has it: a missing one is a wrong path.
      error.message += "; without it nothing is known of the host: give its /proc by --path.procfs";
      return tl::unexpected(std::move(error));
    }
    auto observation = observations_.Borrow();
    observation->observed_at = clock_.SystemNow();
    observation->stalls = stalls_.total();
    observation->memory = ParseMeminfo(*meminfo);
    const auto& available = observation->memory.available_bytes;
    if (available) available_low_.Add(now, *available);
    observation->memory_available_low_bytes = available_low_.Lowest(now);
    ReadCounters(now, *observation);
    ReadProcessors(now, *observation);
    ReadFilesystems(now, deadline, *observation);
    return observation;
  }

 private:
  // These fill every field that is theirs, for the observation is one that was used before.
  void ReadCounters(SteadyTime now, HostObservation& observation) {
    ParseSwaps(swaps_.Read(now).value_or(""), observation.swap_devices);
    observation.paging = ReadPaging(vmstat_, now, page_size_);
    observation.memory_pressure = ReadPressure(memory_pressure_, now);
    observation.io_pressure = ReadPressure(io_pressure_, now);
    observation.cpu_pressure = ReadPressure(cpu_pressure_, now);
    observation.negative_dentries = ParseNegativeDentries(dentry_state_.Read(now).value_or(""));
  }

  void ReadProcessors(SteadyTime now, HostObservation& observation) {
    observation.load1 = ParseLoad1(loadavg_.Read(now).value_or(""));
    observation.processors = ParseStat(stat_.Read(now).value_or(""), ticks_per_second_);
    cpu_times_ = WithoutSmallFalls(cpu_times_, observation.processors.cpu_times);
    observation.processors.cpu_times = cpu_times_;
  }

  void ReadFilesystems(SteadyTime now, Deadline deadline, HostObservation& observation) {
    const bool due = !filesystems_read_ || now - *filesystems_read_ >= kFilesystemCadence;
    // What cannot wait has been read already; this can, where the host is slow to answer.
    if (due && !deadline.Expired(clock_.SteadyNow())) {
      filesystem_reader_.Read(now, observation.swap_devices, filesystems_);
      filesystems_read_ = now;
    }
    observation.filesystems = filesystems_;
  }

  const Clock& clock_;
  ObservationPool<HostObservation> observations_;
  const std::uint64_t page_size_;
  const std::uint64_t ticks_per_second_;
  KeptFile meminfo_;
  OptionalFile swaps_;
  OptionalFile vmstat_;
  OptionalFile memory_pressure_;
  OptionalFile io_pressure_;
  OptionalFile cpu_pressure_;
  OptionalFile stat_;
  OptionalFile loadavg_;
  OptionalFile dentry_state_;
  FilesystemReader filesystem_reader_;
  StallMeter stalls_;
  MinuteLow available_low_;
  CpuTimes cpu_times_;
  std::vector<FilesystemSpace> filesystems_;
  std::optional<SteadyTime> filesystems_read_;
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeHostCollector(HostSettings settings, const Clock& clock) {
  if (settings.cadence <= std::chrono::milliseconds(0)) {
    return Fail(ErrorKind::kMalformed,
                "cannot watch the host at a cadence of 0 or less: give a positive one");
  }
  for (const std::string& path : settings.mountpoints) {
    if (IsAbsolute(path)) continue;
    return Fail(ErrorKind::kMalformed, "cannot watch the file system of \"" + path +
                                           "\": it is no absolute path; begin it with a slash");
  }
  return std::make_unique<HostCollector>(settings, clock);
}

}  // namespace airflow_host
