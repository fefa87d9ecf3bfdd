// Reads /proc/self and names the build.
#include "exporter/self_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>

#include "collectors/support/boot_time.h"
#include "collectors/support/clock.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/process_stat.h"
#include "collectors/support/text.h"
#include "exporter/build_info.h"

namespace airflow_host {
namespace {

enum Index : std::size_t {
  kBuildInfo,
  kMemoryLocked,
  kLogDropped,
  kCpu,
  kOpenDescriptors,
  kMaxDescriptors,
  kResident,
  kVirtual,
  kStart,
  kThreads,
};

constexpr std::array<MetricDescription, 10> kMetrics{{
    {"airflow_host_exporter_build_info", "1, labelled with what this binary was built from."},
    {"airflow_host_exporter_memory_locked",
     "Whether the exporter's memory is locked (mlockall), so that it answers on a thrashing host."},
    {"airflow_host_exporter_log_messages_dropped_total",
     "Log lines not written: too many at once, or stderr was not read.",
     prometheus::MetricType::Counter},
    {"process_cpu_seconds_total", "User and system CPU time spent by the exporter, in seconds.",
     prometheus::MetricType::Counter},
    {"process_open_fds", "File descriptors that the exporter has open."},
    {"process_max_fds", "Most file descriptors that the exporter may open."},
    {"process_resident_memory_bytes", "Resident memory of the exporter, in bytes."},
    {"process_virtual_memory_bytes", "Virtual memory of the exporter, in bytes."},
    {"process_start_time_seconds", "Start of the exporter, in seconds since 1970-01-01 UTC."},
    {"process_threads", "Threads of the exporter."},
}};

std::optional<double> CountOpenDescriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
  if (!folder) return std::nullopt;
  double count = -1;  // The folder's own descriptor is not counted.
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] != '.') count += 1;
  }
  return count;
}

void DescribeTimes(MetricWriter& writer) {
  std::string buffer;
  const auto text = ReadFile("/proc/self/stat", buffer);
  const auto own = text.and_then(&ParseProcessStat);
  if (!own) return;
  writer.Add(kMetrics[kCpu], static_cast<double>(own->user_ticks + own->system_ticks) /
                                 static_cast<double>(TicksPerSecond()));
  writer.Add(kMetrics[kThreads], static_cast<double>(own->threads));
  const auto host = ReadFile("/proc/stat", buffer);
  const auto start = TimeOfTick(host ? ParseBootTime(*host) : std::nullopt, own->start_ticks);
  if (start) writer.Add(kMetrics[kStart], SecondsSinceEpoch(*start));
}

/// /proc/self/statm: "12345 2345 ..." are the virtual and the resident size in pages.
void DescribeMemory(MetricWriter& writer) {
  std::string buffer;
  auto text = ReadFile("/proc/self/statm", buffer);
  if (!text) return;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  writer.Add(kMetrics[kVirtual], ParseScaled(TakeField(*text).value_or(""), page));
  writer.Add(kMetrics[kResident], ParseScaled(TakeField(*text).value_or(""), page));
}

void DescribeDescriptors(MetricWriter& writer) {
  writer.Add(kMetrics[kOpenDescriptors], CountOpenDescriptors());
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    writer.Add(kMetrics[kMaxDescriptors], static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

BuildInfo ThisBuild() { return {kBuildVersion, kBuildRevision, kBuildCompiler}; }

void DescribeSelf(bool memory_locked, std::uint64_t log_messages_dropped, MetricWriter& writer) {
  const BuildInfo build = ThisBuild();
  writer.Add(
      kMetrics[kBuildInfo], 1,
      {{"version", build.version}, {"revision", build.revision}, {"compiler", build.compiler}});
  writer.Add(kMetrics[kMemoryLocked], memory_locked ? 1 : 0);
  writer.Add(kMetrics[kLogDropped], static_cast<double>(log_messages_dropped));
  DescribeTimes(writer);
  DescribeMemory(writer);
  DescribeDescriptors(writer);
}

std::span<const MetricDescription> SelfMetrics() { return kMetrics; }

}  // namespace airflow_host
