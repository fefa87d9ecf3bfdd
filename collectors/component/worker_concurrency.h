// How many tasks a Celery worker was told to run at once, where its command line says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// The concurrency in `cmdline`, the bytes of /proc/PID/cmdline of a Celery worker's main process,
/// before or after it has set its title: that of `--concurrency` or `-c`, and the larger number of
/// `--autoscale` or `-a`, which beats it. Nothing where neither is given: then the configuration
/// decides. Total; any thread.
std::optional<std::uint32_t> ParseWorkerConcurrency(std::string_view cmdline);

}  // namespace airflow_host
