// Keeps the lowest value of each of the last sixty seconds.
#include "collectors/host/minute_low.h"

#include <algorithm>
#include <chrono>

namespace airflow_host {
namespace {

std::int64_t SecondOf(SteadyTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

void MinuteLow::Add(SteadyTime now, std::uint64_t value) {
  const std::int64_t second = SecondOf(now);
  Slot& slot = slots_[static_cast<std::uint64_t>(second) % kSlots];
  slot.lowest = slot.second == second ? std::min(slot.lowest, value) : value;
  slot.second = second;
}

std::optional<std::uint64_t> MinuteLow::Lowest(SteadyTime now) const {
  const std::int64_t oldest = SecondOf(now) - static_cast<std::int64_t>(kSlots) + 1;
  std::optional<std::uint64_t> lowest;
  for (const Slot& slot : slots_) {
    if (slot.second < oldest) continue;
    lowest = lowest ? std::min(*lowest, slot.lowest) : slot.lowest;
  }
  return lowest;
}

}  // namespace airflow_host
