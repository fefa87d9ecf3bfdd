// Keeps the latest observations, and drops the stale ones when they are read.
#include "exporter/board.h"

#include <algorithm>
#include <utility>

namespace airflow_host {

void Board::Add(const CollectorRow& row, std::chrono::milliseconds cadence, bool configured,
                std::string message) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_.emplace_back();
  slot.entry.row = &row;
  slot.entry.cadence = cadence;
  slot.entry.status.configured = configured;
  slot.entry.status.message = std::move(message);
}

Board::Slot* Board::Find(std::string_view name) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.entry.row->name == name; });
  return found == slots_.end() ? nullptr : &*found;
}

void Board::Publish(std::string_view name, std::shared_ptr<const Observation> observation) {
  const std::lock_guard lock(mutex_);
  Slot* const slot = Find(name);
  if (slot == nullptr) return;
  slot->entry.observation.swap(observation);
  slot->published = clock_.SteadyNow();
}

void Board::SetStatus(std::string_view name, const CollectorStatus& status) {
  const std::lock_guard lock(mutex_);
  Slot* const slot = Find(name);
  if (slot != nullptr) slot->entry.status = status;
}

BoardEntry Board::Fresh(const Slot& slot) const {
  BoardEntry entry = slot.entry;
  const auto age = clock_.SteadyNow() - slot.published;
  if (age > 3 * entry.cadence + entry.row->time_limit) entry.observation = nullptr;
  return entry;
}

std::vector<BoardEntry> Board::Read() const {
  const std::lock_guard lock(mutex_);
  std::vector<BoardEntry> entries;
  entries.reserve(slots_.size());
  for (const Slot& slot : slots_) entries.push_back(Fresh(slot));
  return entries;
}

std::shared_ptr<const Observation> Board::LatestOf(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const Slot& slot : slots_) {
    if (slot.entry.row->name == name) return Fresh(slot).observation;
  }
  return nullptr;
}

bool Board::Ready() const {
  const std::lock_guard lock(mutex_);
  return std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return !slot.entry.status.configured || slot.entry.status.succeeded || slot.entry.status.stuck;
  });
}

}  // namespace airflow_host
