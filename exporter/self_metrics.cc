// Reads /proc/self and names the build.
#include "exporter/self_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>

#include "collectors/support/file_reader.h"
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

/// Fields of /proc/self/stat behind the command's closing parenthesis, counted as proc(5) does:
/// state is 3, utime 14, stime 15, num_threads 20, starttime 22, vsize 23, rss 24.
struct OwnStat {
  std::array<std::optional<std::uint64_t>, 25> field;
};

OwnStat ReadOwnStat() {
  OwnStat own;
  std::string buffer;
  const auto text = ReadFile("/proc/self/stat", buffer);
  if (!text) return own;
  const std::size_t close = text->rfind(')');
  if (close == std::string_view::npos) return own;
  std::string_view rest = text->substr(close + 1);
  for (std::size_t number = 3; number < own.field.size(); ++number) {
    const auto field = TakeField(rest);
    if (!field) break;
    own.field[number] = ParseUnsigned(*field);
  }
  return own;
}

std::optional<double> BootTime() {
  std::string buffer;
  auto text = ReadFile("/proc/stat", buffer);
  if (!text) return std::nullopt;
  while (auto line = TakeLine(*text)) {
    if (!line->starts_with("btime ")) continue;
    const auto seconds = ParseUnsigned(line->substr(6));
    if (seconds) return static_cast<double>(*seconds);
  }
  return std::nullopt;
}

std::optional<double> CountOpenDescriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
  if (!folder) return std::nullopt;
  double count = -1;  // The folder's own descriptor is not counted.
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] != '.') count += 1;
  }
  return count;
}

void DescribeProcess(MetricWriter& writer) {
  const OwnStat own = ReadOwnStat();
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (own.field[14] && own.field[15]) {
    writer.Add(kMetrics[kCpu], static_cast<double>(*own.field[14] + *own.field[15]) / ticks);
  }
  writer.Add(kMetrics[kOpenDescriptors], CountOpenDescriptors());
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    writer.Add(kMetrics[kMaxDescriptors], static_cast<double>(limit.rlim_cur));
  }
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  writer.Add(kMetrics[kResident], Multiply(own.field[24], page));
  writer.Add(kMetrics[kVirtual], own.field[23]);
  const std::optional<double> boot = BootTime();
  if (boot && own.field[22]) {
    writer.Add(kMetrics[kStart], *boot + static_cast<double>(*own.field[22]) / ticks);
  }
  writer.Add(kMetrics[kThreads], own.field[20]);
}

}  // namespace

BuildInfo ThisBuild() { return {kBuildVersion, kBuildRevision, kBuildCompiler}; }

void DescribeSelf(bool memory_locked, std::uint64_t log_messages_dropped, MetricWriter& writer) {
  const BuildInfo build = ThisBuild();
  writer.Add(kMetrics[kBuildInfo], 1,
             {{"version", build.version},
              {"revision", build.revision},
              {"compiler", build.compiler}});
  writer.Add(kMetrics[kMemoryLocked], memory_locked ? 1 : 0);
  writer.Add(kMetrics[kLogDropped], static_cast<double>(log_messages_dropped));
  DescribeProcess(writer);
}

std::span<const MetricDescription> SelfMetrics() { return kMetrics; }

}  // namespace airflow_host
