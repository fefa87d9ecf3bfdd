// Reads whom the kernel has killed for want of memory, from its log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "collectors/collector.h"
#include "collectors/oom/kernel_log.h"

namespace airflow_host {

/// What the collector needs to know.
struct OomSettings {
  std::string kmsg = "/dev/kmsg";  ///< `--path.kmsg`
  std::string procfs = "/proc";    ///< `--path.procfs`: whether the log is restricted.
};

/// Opens the log. Replaced in tests alone.
using OpenLog = std::function<Expected<std::unique_ptr<KernelLog>>(const std::string& path)>;

/// Makes the collector. Its observations say so where the log cannot be read, which is no failure:
/// kills are then counted from other sources. It is tried again every minute.
Expected<std::unique_ptr<Collector>> MakeOomCollector(OomSettings settings, const Clock& clock,
                                                      OpenLog open = &OpenKernelLog);

}  // namespace airflow_host
