// Keeps what was read of our processes.
#include "collectors/component/process_details.h"

namespace airflow_host {

ProcessDetails& ProcessDetailsStore::Of(KnownProcess& process) {
  if (process.slot == KnownProcess::kNoSlot) {
    if (free_.empty()) {
      process.slot = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      process.slot = free_.back();
      free_.pop_back();
    }
  }
  ProcessDetails& details = slots_[process.slot];
  details.tick = tick_;
  return details;
}

void ProcessDetailsStore::EndTick() {
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    ProcessDetails& details = slots_[slot];
    if (details.tick == tick_ || details.tick == 0) continue;
    details = ProcessDetails{};  // With tick 0: free.
    free_.push_back(slot);
  }
}

}  // namespace airflow_host
