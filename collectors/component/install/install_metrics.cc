// Describes what is installed as metrics.
#include "collectors/component/install/install_metrics.h"

#include <array>

namespace airflow_host {
namespace {

constexpr MetricDescription kInfo = {
    "airflow_install_info",
    "An installation of Airflow that processes run from; always 1. Read below /proc/PID/root every "
    "ten minutes. Label source says where each thing was read: dist-info (names in site-packages), "
    "exe (program's name), path (of site-packages), environ (/proc/PID/environ), airflow.cfg, or "
    "default (set nowhere). A label is empty where its value is not known."};
constexpr MetricDescription kSetting = {
    "airflow_install_setting",
    "A setting of Airflow that is a number, from /proc/PID/environ of the component that obeys it, "
    "else its airflow.cfg, else Airflow's default where both could be read and are silent; looked "
    "at every ten minutes. Where processes differ, the oldest one's."};
constexpr MetricDescription kTraces = {
    "airflow_install_otel_traces_enabled",
    "Whether [traces] otel_on is set for any component (1) or for none (0): /proc/PID/environ or "
    "airflow.cfg, looked at every ten minutes. Its exporter leaked memory before "
    "opentelemetry 1.35."};
constexpr MetricDescription kBytecode = {
    "airflow_install_stdlib_bytecode_missing",
    "Whether for any component every start of an interpreter leaves negative dentries in the "
    "kernel "
    "(1): the standard library's __pycache__ is there, has no os.cpython-3XY.pyc, is not writable "
    "for the process, and PYTHONDONTWRITEBYTECODE is not set (files below /proc/PID/root, looked "
    "at "
    "every ten minutes)."};
constexpr std::array kAll = {kInfo, kSetting, kTraces, kBytecode};

}  // namespace

std::span<const MetricDescription> InstallMetrics() { return kAll; }

void DescribeInstalls(const InstallSummary& summary, MetricWriter& writer) {
  for (const InstallSample& install : summary.installs) {
    writer.Add(kInfo, 1,
               {{"version", install.version},
                {"celery_provider", install.celery_provider},
                {"python", install.python},
                {"executor", install.executor},
                {"source", install.source}});
  }
  for (const InstallSetting& setting : summary.settings) {
    writer.Add(kSetting, static_cast<double>(setting.value), {{"name", setting.name}});
  }
  writer.Add(kTraces, summary.otel_traces_enabled);
  writer.Add(kBytecode, summary.stdlib_bytecode_missing);
}

}  // namespace airflow_host
