// Describes the memory of tasks as metrics.
#include "exporter/insight/task_memory_metrics.h"

#include <array>

namespace airflow_host {
namespace {

constexpr MetricDescription kMemory = {
    "airflow_task_memory_pss_bytes",
    "Memory of the ten heaviest tasks that run here, all processes and mapped instances together, "
    "and of the rest as other: PSS of /proc/PID/smaps_rollup, sampled every few seconds; anonymous "
    "memory (RssAnon of /proc/PID/status) where PSS is denied or not read yet. Both labels are "
    "unknown while the metadata database has not told the names."};
constexpr MetricDescription kPeak = {
    "airflow_task_memory_peak_bytes",
    "The most that one task instance of the DAG was seen to take here within the last day, its "
    "processes together, sampled every few seconds as airflow_task_memory_pss_bytes; the ten "
    "highest. Starts anew with the exporter."};

constexpr std::array kAll = {kMemory, kPeak};

}  // namespace

std::span<const MetricDescription> TaskMemoryMetrics() { return kAll; }

void DescribeTaskMemory(const TaskMemoryReport& report, MetricWriter& writer) {
  for (const TaskMemoryRow& row : report.tasks) {
    writer.Add(kMemory, static_cast<double>(row.bytes),
               {{"dag_id", row.dag_id}, {"task_id", row.task_id}});
  }
  for (const DagMemoryPeak& peak : report.peaks) {
    writer.Add(kPeak, static_cast<double>(peak.bytes), {{"dag_id", peak.dag_id}});
  }
}

}  // namespace airflow_host
