// Fills the host's metrics from an observation.
#include "collectors/host/host_metrics.h"

#include <algorithm>
#include <string>

#include "collectors/host/host_metric_descriptions.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace host_metrics {
namespace {

std::optional<double> Count(const std::optional<Seconds>& time) {
  return time ? std::optional(time->count()) : std::nullopt;
}

void DescribeMemory(const HostObservation& host, MetricWriter& writer) {
  const Meminfo& memory = host.memory;
  writer.Add(kMemoryTotal, memory.total_bytes);
  writer.Add(kMemoryAvailable, memory.available_bytes);
  writer.Add(kMemoryAvailableLow, host.memory_available_low_bytes);
  writer.Add(kMemoryFree, memory.free_bytes);
  writer.Add(kMemoryAnonymous, memory.anonymous_bytes);
  writer.Add(kMemoryCached, memory.cached_bytes);
  writer.Add(kMemoryShared, memory.shared_bytes);
  writer.Add(kSlabReclaimable, memory.slab_reclaimable_bytes);
  writer.Add(kSlabUnreclaimable, memory.slab_unreclaimable_bytes);
  writer.Add(kCommitted, memory.committed_bytes);
  writer.Add(kCommitLimit, memory.commit_limit_bytes);
}

/// Label values that were used already. Two paths that differ only in bytes that cannot be printed
/// would make one label, and one label set twice spoils the whole page.
class UsedLabels {
 public:
  /// `text` as a label, if it is the first one that looks so.
  std::optional<std::string> Take(std::string_view text) {
    std::string label = Printable(text, MetricWriter::kLongestLabelValue);
    if (std::find(used_.begin(), used_.end(), label) != used_.end()) return std::nullopt;
    used_.push_back(label);
    return label;
  }

 private:
  std::vector<std::string> used_;
};

void DescribeSwap(const HostObservation& host, MetricWriter& writer) {
  writer.Add(kSwapTotal, host.memory.swap_total_bytes);
  writer.Add(kSwapFree, host.memory.swap_free_bytes);
  writer.Add(kSwapCached, host.memory.swap_cached_bytes);
  UsedLabels used;
  for (const SwapDevice& device : host.swap_devices) {
    const auto label = used.Take(device.path);
    if (!label) continue;
    writer.Add(kSwapDeviceSize, device.size_bytes, {{"device", *label}});
    writer.Add(kSwapDeviceUsed, device.used_bytes, {{"device", *label}});
  }
}

void DescribePaging(const PagingCounters& paging, MetricWriter& writer) {
  writer.Add(kSwapIn, paging.swap_in_bytes);
  writer.Add(kSwapOut, paging.swap_out_bytes);
  writer.Add(kMajorPageFaults, paging.major_page_faults);
  writer.Add(kRefaults, paging.anonymous_refaults, {{"kind", "anon"}});
  writer.Add(kRefaults, paging.file_refaults, {{"kind", "file"}});
  writer.Add(kOomKills, paging.oom_kills);
}

void DescribePressure(std::string_view resource, const PressureTotals& totals,
                      MetricWriter& writer) {
  writer.Add(kPressure, Count(totals.some), {{"resource", resource}, {"kind", "some"}});
  writer.Add(kPressure, Count(totals.full), {{"resource", resource}, {"kind", "full"}});
}

void DescribeProcessors(const HostObservation& host, MetricWriter& writer) {
  const KernelStat& stat = host.processors;
  writer.Add(kCpus, stat.cpus);
  for (std::size_t mode = 0; mode < kCpuModes.size(); ++mode) {
    writer.Add(kCpuSeconds, Count(stat.cpu_times[mode]), {{"mode", kCpuModes[mode]}});
  }
  writer.Add(kLoad1, host.load1);
  writer.Add(kProcessesBlocked, stat.processes_blocked);
  if (stat.boot_time) writer.Add(kBootTimestamp, SecondsSinceEpoch(*stat.boot_time));
}

void DescribeFilesystems(const std::vector<FilesystemSpace>& filesystems, MetricWriter& writer) {
  UsedLabels used;
  for (const FilesystemSpace& space : filesystems) {
    const auto label = used.Take(space.mount_point);
    if (!label) continue;
    writer.Add(kFilesystemSize, static_cast<double>(space.size_bytes), {{"mountpoint", *label}});
    writer.Add(kFilesystemAvailable, static_cast<double>(space.available_bytes),
               {{"mountpoint", *label}});
  }
}

void Describe(const HostObservation& host, MetricWriter& writer) {
  DescribeMemory(host, writer);
  DescribeSwap(host, writer);
  DescribePaging(host.paging, writer);
  DescribePressure("memory", host.memory_pressure, writer);
  DescribePressure("io", host.io_pressure, writer);
  DescribePressure("cpu", host.cpu_pressure, writer);
  writer.Add(kStalls, host.stalls.count());
  DescribeProcessors(host, writer);
  writer.Add(kDentriesNegative, host.negative_dentries);
  DescribeFilesystems(host.filesystems, writer);
}

}  // namespace
}  // namespace host_metrics

std::span<const MetricDescription> HostMetrics() { return host_metrics::kHostMetrics; }

void DescribeHost(const CollectorStatus& /*status*/, const HostObservation* observation,
                  MetricWriter& writer) {
  if (observation != nullptr) host_metrics::Describe(*observation, writer);
}

}  // namespace airflow_host
