// How much memory the tasks that run here take, and the most that one task of each dag has taken
// within the last day: what tells how many more a host bears.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/component/component_observation.h"
#include "collectors/component/task_identity.h"
#include "collectors/support/clock.h"
#include "exporter/insight/task_names.h"

namespace airflow_host {

/// The memory of all processes of one task, those of its mapped instances included.
struct TaskMemoryRow {
  std::string dag_id;   ///< "other" for those beyond the heaviest, "unknown" while not known.
  std::string task_id;  ///< The same.
  std::uint64_t bytes = 0;

  bool operator==(const TaskMemoryRow&) const = default;
};

/// The most that the processes of one try of one task of this dag took together.
struct DagMemoryPeak {
  std::string dag_id;
  std::uint64_t bytes = 0;

  bool operator==(const DagMemoryPeak&) const = default;
};

/// What DescribeTaskMemory shows. A plain value.
struct TaskMemoryReport {
  std::vector<TaskMemoryRow> tasks;  ///< The heaviest first; "other" last, and only if needed.
  std::vector<DagMemoryPeak> peaks;  ///< The highest first.
  /// The most that one try of any task took within the last day, whether its name is known or not,
  /// and what of it was swapped out included: what it would take in memory alone.
  std::optional<std::uint64_t> largest_bytes;
};

/// The memory of one process as task memory counts it: its proportional share (PSS); where that is
/// denied or not read yet, its anonymous memory, which is most of what a task takes and, unlike
/// RSS, leaves out the files that it shares with every other process of Airflow; else its RSS.
std::uint64_t TaskBytes(const ProcessSample& process);

/// The memory of one try of a task.
struct TaskSize {
  std::uint64_t bytes = 0;          ///< TaskBytes of its processes together.
  std::uint64_t swapped_bytes = 0;  ///< VmSwap of them.
};

/// The largest sample of each of the last hours, in a ring.
class DayPeak {
 public:
  /// How many hours count: the current one and the 24 before it.
  static constexpr std::int64_t kHours = 25;

  void Add(std::uint64_t bytes, SteadyTime now);

  /// The largest of the last 24 to 25 hours; empty if there was none.
  std::optional<std::uint64_t> Most(SteadyTime now) const;

 private:
  struct Hour {
    std::int64_t number = -1;  ///< Since the clock began; -1: never used.
    std::uint64_t bytes = 0;
  };
  std::array<Hour, kHours> hours_{};
};

/// Learns from every observation. Bounded: of more than kMostDags the one with the lowest peak is
/// dropped. Used by one thread at a time.
class TaskMemory {
 public:
  /// Tasks, and dags, that are shown by name.
  static constexpr std::size_t kShown = 10;
  static constexpr std::size_t kMostDags = 200;
  /// Tries whose peak is kept for when their names become known, and for how long.
  static constexpr std::size_t kMostUnnamed = 500;
  static constexpr std::chrono::minutes kUnnamedPatience{10};
  /// How long the PSS of a new process is waited for before its estimate counts as a peak. An
  /// estimate takes the memory that a forked task shares with its worker for the task's own, so it
  /// counts at once only where nothing better can come: when the task has ended.
  static constexpr std::chrono::minutes kEstimatePatience{1};

  /// Learns from `components`, whose tasks TaskNames has named. Peaks of those that have no names
  /// are kept until `names` knows them: a task that is killed for its memory may have gone by then.
  void Absorb(const ComponentObservation& components, TaskNames& names, SteadyTime now);

  TaskMemoryReport Report(SteadyTime now) const;

 private:
  using TaskKey = std::pair<std::string, std::string>;  // Of dag and task, as labels show them.
  struct Unnamed {
    std::uint64_t bytes = 0;
    SteadyTime last_seen{};
  };

  /// Takes note of one try of `task`, at one time.
  void AddTry(const TaskIdentity& task, const TaskSize& size, SteadyTime now);
  void AddPeak(const TaskIdentity& task, std::uint64_t bytes, SteadyTime now);
  void AddUnnamed(const std::string& id, std::uint64_t bytes, SteadyTime now);
  void NameThePast(TaskNames& names, SteadyTime now);
  void ForgetPeaks(SteadyTime now);

  /// The most of one try, as long as not all of its PSS is known.
  struct Estimate {
    TaskIdentity task;
    TaskSize size;
    SteadyTime since{};
  };

  std::map<TaskKey, std::uint64_t> tasks_;
  std::map<std::pair<int, std::uint64_t>, Estimate> estimates_;  // By the topmost's pid and start.
  std::map<std::string, DayPeak, std::less<>> peaks_;
  DayPeak largest_;
  std::map<std::string, Unnamed, std::less<>> unnamed_;  // By the task instance's id.
};

}  // namespace airflow_host
