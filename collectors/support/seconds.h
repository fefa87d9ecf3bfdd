// The type of measured time spans.
#pragma once

#include <chrono>

namespace airflow_host {

/// A time span in seconds, fractions included: what counters of time are given in.
using Seconds = std::chrono::duration<double>;

}  // namespace airflow_host
