// The board: the latest observation of every collector and how each fares. Collectors' threads
// write, faces and insights read; nobody waits for a source.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/collector.h"
#include "collectors/registry.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// One collector as a face sees it at one instant. A plain value.
struct BoardEntry {
  const CollectorRow* row = nullptr;
  std::chrono::milliseconds cadence{};
  CollectorStatus status;
  /// Null where there is none, or it is older than three cadences (plus one time limit).
  std::shared_ptr<const Observation> observation;
};

/// Holds one entry per enabled collector. Safe to call from any thread; nothing here blocks for
/// longer than it takes to copy a few pointers.
class Board {
 public:
  explicit Board(const Clock& clock) : clock_(clock) {}

  /// Adds a collector; before the threads start. `message` says what is missing where `configured`
  /// is false.
  void Add(const CollectorRow& row, std::chrono::milliseconds cadence, bool configured,
           std::string message);

  /// Puts up a new observation of the collector `name`.
  void Publish(std::string_view name, std::shared_ptr<const Observation> observation);

  /// Notes how the collector `name` fares.
  void SetStatus(std::string_view name, const CollectorStatus& status);

  /// All entries, in the order in which they were added.
  std::vector<BoardEntry> Read() const;

  /// The fresh observation of the collector `name` as a T, or null. T is that collector's type.
  template <typename T>
  std::shared_ptr<const T> Latest(std::string_view name) const {
    return std::dynamic_pointer_cast<const T>(LatestOf(name));
  }

  /// Every configured collector has finished its first attempt.
  bool Ready() const;

 private:
  struct Slot {
    BoardEntry entry;
    SteadyTime published{};
  };

  std::shared_ptr<const Observation> LatestOf(std::string_view name) const;
  BoardEntry Fresh(const Slot& slot) const;
  Slot* Find(std::string_view name);

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
};

}  // namespace airflow_host
