// Parses /proc/pressure/{memory,io,cpu} and, in the same format, a cgroup's memory.pressure and its
// likes (pressure stall information, Linux 4.20 with CONFIG_PSI and not booted with psi=0): how
// long tasks have waited for a resource, since boot or since the cgroup was made.
//
//   some avg10=1.53 avg60=0.80 avg300=0.21 total=48120344
//   full avg10=0.92 avg60=0.41 avg300=0.10 total=31004120
//
// "some": at least one task waited. "full": all that could have run waited at once. total is in
// microseconds; the averages are left to Prometheus. cpu has no "full" line before Linux 5.13, and
// since then one that means nothing for a whole host.
// https://docs.kernel.org/accounting/psi.html
#pragma once

#include <optional>
#include <string_view>

#include "collectors/support/seconds.h"

namespace airflow_host {

/// Stalled time of one resource.
struct PressureTotals {
  /// "some": at least one task waited for the resource.
  std::optional<Seconds> some;
  /// "full": every task that was not idle waited for the resource.
  std::optional<Seconds> full;
};

/// Parses the content of one such file. Total: a line that is unknown or torn leaves
/// its field empty. Any thread.
PressureTotals ParsePressure(std::string_view text);

}  // namespace airflow_host
