// Measures stalls; stall_meter.h tells the rule.
#include "collectors/host/stall_meter.h"

namespace airflow_host {

void StallMeter::Tick(SteadyTime now) {
  if (last_tick_) {
    const auto lateness = now - *last_tick_ - cadence_;
    if (lateness > kTolerance) total_ += lateness;
  }
  last_tick_ = now;
}

}  // namespace airflow_host
