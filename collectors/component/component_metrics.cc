// Describes one walk over /proc as metrics.
#include "collectors/component/component_metrics.h"

#include <array>
#include <vector>

#include "collectors/component/install/install_metrics.h"

namespace airflow_host {
namespace {

constexpr auto kCounter = prometheus::MetricType::Counter;

constexpr MetricDescription kProcesses = {
    "airflow_component_processes",
    "Processes that belong to the component, told by their titles and parents in /proc, sampled "
    "every few seconds; 0 for one that has been seen and has gone."};
constexpr MetricDescription kRss = {
    "airflow_component_memory_rss_bytes",
    "Resident memory of the component's processes (VmRSS of /proc/PID/status), sampled every few "
    "seconds; pages that several processes share count once for each."};
constexpr MetricDescription kAnon = {
    "airflow_component_memory_anon_bytes",
    "Resident anonymous memory (heap and stacks: RssAnon of /proc/PID/status) of the component's "
    "processes, sampled every few seconds; what grows in a leak."};
constexpr MetricDescription kShared = {
    "airflow_component_memory_shared_bytes",
    "Resident mapped files and shared memory (RssFile and RssShmem of /proc/PID/status) of the "
    "component's processes, sampled every few seconds; memory that can be shared, counted once per "
    "process."};
constexpr MetricDescription kSwap = {
    "airflow_component_memory_swap_bytes",
    "Anonymous memory of the component's processes that is swapped out (VmSwap of "
    "/proc/PID/status), sampled every few seconds."};
constexpr MetricDescription kLargest = {
    "airflow_component_largest_process_rss_bytes",
    "Resident memory (VmRSS of /proc/PID/status) of the component's largest process, sampled every "
    "few seconds."};
constexpr MetricDescription kPss = {
    "airflow_component_memory_pss_bytes",
    "Memory of the component's processes with shared pages divided among those that share them "
    "(Pss of /proc/PID/smaps_rollup), read in turn within --component.pss-budget and carried on by "
    "its ratio to the resident memory in between; absent where the kernel denies it for one of "
    "them."};
constexpr MetricDescription kPrivate = {
    "airflow_component_memory_private_bytes",
    "Memory that the component's processes share with no other, dirty and clean: what would be "
    "free again without them (Private_Dirty and Private_Clean of /proc/PID/smaps_rollup), read "
    "like airflow_component_memory_pss_bytes and absent in the same case."};
constexpr MetricDescription kOpenFds = {
    "airflow_component_open_fds",
    "Open file descriptors (/proc/PID/fd, read in turn) of that process of the component which has "
    "used up the largest part of its limit."};
constexpr MetricDescription kMaxFds = {
    "airflow_component_max_fds",
    "File descriptors that the process of airflow_component_open_fds may open (soft limit of "
    "/proc/PID/limits, read in turn); absent without a limit."};
constexpr MetricDescription kConcurrency = {
    "airflow_worker_concurrency",
    "Tasks that the Celery workers on this host run at once, all together, as they are configured "
    "(their command lines in /proc, else [celery] worker_concurrency or the upper bound of "
    "worker_autoscale in /proc/PID/environ or airflow.cfg); absent where it cannot be read for "
    "one of them."};
constexpr MetricDescription kThreads = {
    "airflow_component_threads",
    "Threads of the component's processes (num_threads of /proc/PID/stat), sampled every few "
    "seconds."};
constexpr MetricDescription kStart = {
    "airflow_component_start_timestamp_seconds",
    "When the component's oldest process started (starttime of /proc/PID/stat and btime of "
    "/proc/stat), in seconds since 1970."};
constexpr MetricDescription kCpu = {
    "airflow_component_cpu_seconds_total",
    "CPU time that the component's processes have used since the exporter started (utime and stime "
    "of /proc/PID/stat, sampled every few seconds), those that have gone included.",
    kCounter};
constexpr MetricDescription kRestarts = {"airflow_component_restarts_total",
                                         "How often, since the exporter started, another process "
                                         "took the place of a main process of the "
                                         "component that had gone (by pid and start time in "
                                         "/proc); pool children and tasks do not count.",
                                         kCounter};
constexpr MetricDescription kTasks = {
    "airflow_task_processes",
    "Tasks that run on this host: topmost processes titled as a task's supervisor or runner in "
    "/proc, sampled every few seconds."};
constexpr MetricDescription kPool = {
    "airflow_worker_pool_processes",
    "Pool processes that execute tasks, idle or busy: pool children of Celery workers and workers "
    "of a LocalExecutor in /proc, sampled every few seconds."};

constexpr std::array kAll = {kProcesses, kRss,      kAnon,    kPss,     kPrivate,    kShared,
                             kSwap,      kLargest,  kThreads, kOpenFds, kMaxFds,     kStart,
                             kCpu,       kRestarts, kTasks,   kPool,    kConcurrency};

}  // namespace

std::span<const MetricDescription> ComponentMetrics() {
  static const std::vector<MetricDescription> all = [] {
    std::vector<MetricDescription> both(kAll.begin(), kAll.end());
    both.insert(both.end(), InstallMetrics().begin(), InstallMetrics().end());
    return both;
  }();
  return all;
}

void DescribeComponent(const CollectorStatus& /*status*/, const ComponentObservation* observation,
                       MetricWriter& writer) {
  if (observation == nullptr) return;
  for (const ComponentSample& sample : observation->components) {
    const std::string_view name = observation->NameOf(sample.component);
    writer.Add(kProcesses, static_cast<double>(sample.processes), {{"component", name}});
    writer.Add(kRss, sample.rss_bytes, {{"component", name}});
    writer.Add(kAnon, sample.anon_bytes, {{"component", name}});
    writer.Add(kPss, sample.pss_bytes, {{"component", name}});
    writer.Add(kPrivate, sample.private_bytes, {{"component", name}});
    writer.Add(kShared, sample.shared_bytes, {{"component", name}});
    writer.Add(kSwap, sample.swap_bytes, {{"component", name}});
    writer.Add(kLargest, sample.largest_process_rss_bytes, {{"component", name}});
    writer.Add(kThreads, sample.threads, {{"component", name}});
    writer.Add(kOpenFds, sample.open_fds, {{"component", name}});
    writer.Add(kMaxFds, sample.max_fds, {{"component", name}});
    if (sample.oldest_start) {
      writer.Add(kStart, SecondsSinceEpoch(*sample.oldest_start), {{"component", name}});
    }
    writer.Add(kCpu, sample.user_seconds, {{"component", name}, {"mode", "user"}});
    writer.Add(kCpu, sample.system_seconds, {{"component", name}, {"mode", "system"}});
    writer.Add(kRestarts, sample.restarts, {{"component", name}});
  }
  writer.Add(kTasks, static_cast<double>(observation->task_processes));
  writer.Add(kPool, static_cast<double>(observation->worker_pool_processes));
  writer.Add(kConcurrency, observation->WorkerConcurrency());
  DescribeInstalls(observation->install, writer);
}

}  // namespace airflow_host
