// How many tasks the memory bears: of one sample, and of the last minute's.
//
// What is available and what tasks hold are read at slightly different instants, so that a task
// which has just ended may count in both or in neither. Therefore no single sample is believed:
// what three quarters of the last minute's samples bear is what the memory bears.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "collectors/support/clock.h"
#include "exporter/insight/task_places.h"
#include "exporter/insight/task_room.h"

namespace airflow_host {

/// A plain value.
struct TaskCapacity {
  /// At once in each worker, if its pool has just as many; empty where there is no worker.
  std::optional<std::uint64_t> per_worker;
  std::uint64_t together = 0;  ///< At once on the host, those that run included.
  std::uint64_t running = 0;

  bool operator==(const TaskCapacity&) const = default;
};

/// What `places` bear of tasks that take `task_bytes` (above 0) each. Several workers share the
/// host, and those in one container its limit. Pure; any thread.
TaskCapacity CapacityOf(const TaskPlaces& places, std::uint64_t task_bytes);

/// Remembers a minute. Bounded; used by one thread at a time.
class CapacityHistory {
 public:
  static constexpr std::chrono::minutes kSpan{1};

  /// `now` is not earlier than before.
  void Add(const TaskCapacity& sample, SteadyTime now);

  /// The lower quartile of the last minute's samples, with what runs by the last one; empty where
  /// the last one is older than `patience`.
  std::optional<TaskCapacity> Usual(SteadyTime now, std::chrono::nanoseconds patience) const;

 private:
  static constexpr std::size_t kMostSamples = 128;

  struct Sample {
    TaskCapacity capacity;
    SteadyTime at{};
  };
  std::deque<Sample> samples_;  ///< The oldest first.
};

}  // namespace airflow_host
