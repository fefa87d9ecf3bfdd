// Describes kills as metrics.
#include "exporter/insight/kill_metrics.h"

#include <array>

namespace airflow_host {
namespace {

constexpr MetricDescription kKills = {
    "airflow_oom_kills_total",
    "Processes that the kernel killed for want of memory since the exporter started: of the host "
    "(scope global) or within a limit (cgroup), from the kernel's log (/dev/kmsg). Component is "
    "unknown where nothing tells it, container is empty outside of one. Without the log: from "
    "cgroup events, and for the rest from /proc/vmstat with scope unknown.",
    prometheus::MetricType::Counter};
constexpr MetricDescription kLastKill = {
    "airflow_oom_last_kill_timestamp_seconds",
    "When the kernel last killed a process for want of memory (/dev/kmsg), also before the "
    "exporter started. Absent where no kill is known."};

constexpr std::array kAll = {kKills, kLastKill};

}  // namespace

std::span<const MetricDescription> KillMetrics() { return kAll; }

void DescribeKills(const KillReport& report, MetricWriter& writer) {
  if (!report.known) return;
  for (const KillCount& count : report.counts) {
    writer.Add(
        kKills, static_cast<double>(count.kills),
        {{"component", count.component}, {"container", count.container}, {"scope", count.scope}});
  }
  if (report.last_kill) writer.Add(kLastKill, SecondsSinceEpoch(*report.last_kill));
}

}  // namespace airflow_host
