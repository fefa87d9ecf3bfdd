// Describes the containers as metrics.
#include "collectors/container/container_metrics.h"

#include <algorithm>
#include <array>

#include "collectors/container/container_key.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostContainers = 500;
constexpr auto kCounter = prometheus::MetricType::Counter;

/// One metric that is one field of ContainerMemory.
struct MemoryMetric {
  MetricDescription description;
  std::optional<std::uint64_t> ContainerMemory::*member;
};

constexpr std::array kMemory = {
    MemoryMetric{{"airflow_container_memory_usage_bytes",
                  "Memory charged to the container, page cache and kernel memory included, sampled "
                  "every few seconds (cgroup v2 memory.current, v1 memory.usage_in_bytes)."},
                 &ContainerMemory::usage},
    MemoryMetric{{"airflow_container_memory_working_set_bytes",
                  "Usage less the inactive page cache, as cAdvisor and the kubelet reckon, sampled "
                  "every few seconds (cgroup usage - inactive_file of memory.stat)."},
                 &ContainerMemory::working_set},
    MemoryMetric{
        {"airflow_container_memory_anon_bytes",
         "Anonymous memory of the container's processes, sampled every few seconds (cgroup "
         "memory.stat: v2 anon, v1 total_rss)."},
        &ContainerMemory::anon},
    MemoryMetric{{"airflow_container_memory_file_bytes",
                  "Page cache charged to the container, tmpfs and shared memory included, sampled "
                  "every few seconds (cgroup memory.stat: v2 file, v1 total_cache)."},
                 &ContainerMemory::file},
    MemoryMetric{{"airflow_container_memory_slab_reclaimable_bytes",
                  "Kernel objects charged to the container that go under pressure, mostly dentries "
                  "and inodes, sampled every few seconds (cgroup v2 memory.stat)."},
                 &ContainerMemory::slab_reclaimable},
    MemoryMetric{{"airflow_container_memory_slab_unreclaimable_bytes",
                  "Kernel objects charged to the container that stay, sampled every few seconds "
                  "(cgroup v2 memory.stat)."},
                 &ContainerMemory::slab_unreclaimable},
    MemoryMetric{
        {"airflow_container_memory_kernel_bytes",
         "All kernel memory charged to the container, sampled every few seconds (cgroup v2 "
         "memory.stat kernel, v1 memory.kmem.usage_in_bytes)."},
        &ContainerMemory::kernel},
    MemoryMetric{{"airflow_container_memory_swap_bytes",
                  "Swap used by the container, sampled every few seconds (cgroup v2 "
                  "memory.swap.current, v1 memory.stat total_swap)."},
                 &ContainerMemory::swap},
    MemoryMetric{{"airflow_container_memory_peak_bytes",
                  "Highest memory usage since the container started, kept by the kernel (cgroup v2 "
                  "memory.peak, v1 memory.max_usage_in_bytes)."},
                 &ContainerMemory::peak},
    MemoryMetric{{"airflow_container_memory_limit_bytes",
                  "Smallest hard memory limit that holds for the container, its parents' included; "
                  "absent when unlimited (cgroup v2 memory.max, v1 hierarchical_memory_limit)."},
                 &ContainerMemory::limit},
    MemoryMetric{{"airflow_container_memory_swap_limit_bytes",
                  "Smallest swap limit that holds for the container; absent when unlimited (cgroup "
                  "v2 memory.swap.max, v1 hierarchical_memsw_limit less the memory limit)."},
                 &ContainerMemory::swap_limit},
    MemoryMetric{{"airflow_container_memory_high_bytes",
                  "Smallest usage above which the kernel throttles the container; absent when "
                  "unlimited (cgroup v2 memory.high)."},
                 &ContainerMemory::high},
};

/// One value of the label `event`.
struct EventValue {
  const char* event;
  std::optional<std::uint64_t> ContainerMemoryEvents::*member;
};
constexpr std::array kEventValues = {
    EventValue{"low", &ContainerMemoryEvents::low},
    EventValue{"high", &ContainerMemoryEvents::high},
    EventValue{"max", &ContainerMemoryEvents::max},
    EventValue{"oom", &ContainerMemoryEvents::oom},
    EventValue{"oom_kill", &ContainerMemoryEvents::oom_kill},
    EventValue{"fail", &ContainerMemoryEvents::fail},
};

/// One value of the label `resource`.
struct PressureValue {
  const char* resource;
  PressureTotals Container::*member;
};
constexpr std::array kPressureValues = {
    PressureValue{"memory", &Container::memory_pressure},
    PressureValue{"io", &Container::io_pressure},
    PressureValue{"cpu", &Container::cpu_pressure},
};

constexpr MetricDescription kEvents{
    "airflow_container_memory_events_total",
    "What happened to the container's memory, kept over its restarts: reclaimed below low, "
    "throttled "
    "at high, hit max, out of memory, processes killed, swap allocations failed (cgroup v2 "
    "memory.events and memory.swap.events, v1 memory.failcnt, memory.memsw.failcnt and "
    "memory.oom_control).",
    kCounter};
constexpr MetricDescription kOomKills{
    "airflow_container_oom_kills_total",
    "Processes of the container killed by the kernel for want of memory, kept over its restarts; "
    "absent where the kernel does not count them (cgroup v2 memory.events, v1 memory.oom_control).",
    kCounter};
constexpr MetricDescription kRestarts{
    "airflow_container_restarts_total",
    "Times the container, or service, was seen to be made or started anew since the exporter "
    "started, sampled every few seconds (its cgroup's inode and cgroup.procs).",
    kCounter};
constexpr MetricDescription kProcesses{
    "airflow_container_processes",
    "Processes in the container, not threads, sampled every few seconds (cgroup.procs)."};
constexpr MetricDescription kStart{
    "airflow_container_start_timestamp_seconds",
    "Unix time at which the container's oldest process started, or else at which its cgroup was "
    "first looked at (/proc/PID/stat)."};
constexpr MetricDescription kPressure{
    "airflow_container_pressure_stalled_seconds_total",
    "Time for which some or all tasks of the container waited for a resource (cgroup v2 "
    "memory.pressure, io.pressure, cpu.pressure).",
    kCounter};
constexpr MetricDescription kInfo{"airflow_container_info",
                                  "The container's runtime (systemd: a service), the component in "
                                  "it and the host's cgroup version; always 1 "
                                  "(names of cgroups)."};

constexpr std::array kOthers = {kEvents, kOomKills, kRestarts, kProcesses,
                                kStart,  kPressure, kInfo};

constexpr auto kAll = [] {
  std::array<MetricDescription, kMemory.size() + kOthers.size()> all{};
  std::transform(kMemory.begin(), kMemory.end(), all.begin(),
                 [](const MemoryMetric& metric) { return metric.description; });
  std::copy(kOthers.begin(), kOthers.end(), all.begin() + kMemory.size());
  return all;
}();

/// Adds samples of one container under its key, whose labels depend on where it runs.
class KeyedWriter {
 public:
  KeyedWriter(const ContainerKey& key, MetricWriter& writer) : key_(key), writer_(writer) {}

  template <typename Number, typename... Labels>
  void Add(const MetricDescription& description, const std::optional<Number>& value,
           const Labels&... more) {
    if (!value) return;
    const auto number = static_cast<double>(*value);
    const LabelView container{"container", key_.container};
    if (!key_.pod.empty()) {
      writer_.Add(description, number,
                  {container, {"namespace", key_.pod_namespace}, {"pod", key_.pod}, more...});
    } else if (!key_.compose_project.empty()) {
      writer_.Add(description, number,
                  {container,
                   {"compose_project", key_.compose_project},
                   {"compose_service", key_.compose_service},
                   more...});
    } else {
      writer_.Add(description, number, {container, more...});
    }
  }

 private:
  const ContainerKey& key_;
  MetricWriter& writer_;
};

void DescribePressure(const Container& container, KeyedWriter& writer) {
  const auto add = [&](const char* resource, const char* kind,
                       const std::optional<Seconds>& total) {
    if (!total) return;
    writer.Add(kPressure, std::optional<double>(total->count()), LabelView{"resource", resource},
               LabelView{"kind", kind});
  };
  for (const auto& [resource, member] : kPressureValues) {
    add(resource, "some", (container.*member).some);
    add(resource, "full", (container.*member).full);
  }
}

void DescribeInfo(const Container& container, std::string_view version, KeyedWriter& writer) {
  const std::optional<double> one = 1.0;
  const LabelView runtime{"runtime", RuntimeName(container.runtime)};
  const LabelView cgroup_version{"cgroup_version", version};
  if (container.component.empty()) {
    writer.Add(kInfo, one, runtime, cgroup_version);
  } else {
    writer.Add(kInfo, one, runtime, cgroup_version, LabelView{"component", container.component});
  }
}

void DescribeOne(const Container& container, std::string_view version, KeyedWriter writer) {
  for (const auto& [description, member] : kMemory) {
    writer.Add(description, container.memory.*member);
  }
  for (const auto& [event, member] : kEventValues) {
    writer.Add(kEvents, container.events_of_key.*member, LabelView{"event", event});
  }
  writer.Add(kOomKills, container.events_of_key.oom_kill);
  writer.Add(kRestarts, container.restarts_of_key);
  writer.Add(kProcesses, container.processes);
  if (container.started_at) {
    writer.Add(kStart, std::optional<double>(SecondsSinceEpoch(*container.started_at)));
  }
  DescribePressure(container, writer);
  DescribeInfo(container, version, writer);
}

}  // namespace

std::span<const MetricDescription> ContainerMetrics() { return kAll; }

void DescribeContainer(const CollectorStatus& /*status*/, const ContainerObservation* observation,
                       MetricWriter& writer) {
  if (observation == nullptr) return;
  const auto& containers = observation->containers;
  const std::vector<ContainerKey> keys = ContainerKeys(containers);
  // Services come last: where there is not room for all, a true container is worth more.
  std::size_t room = kMostContainers;
  for (const bool services : {false, true}) {
    for (std::size_t at = 0; at < containers.size() && room > 0; ++at) {
      const bool is_service = containers[at].runtime == ContainerRuntime::kSystemd;
      if (is_service != services || !IsShown(containers[at])) continue;
      DescribeOne(containers[at], observation->cgroup_version, KeyedWriter(keys[at], writer));
      --room;
    }
  }
}

}  // namespace airflow_host
