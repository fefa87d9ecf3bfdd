// The ids of task instances whose names somebody wants to know, on their way to the next statement:
// a task may have ended, by a kill for one, before a cadence of the metadata collector saw it run.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// True for a task instance's id: a UUID in lower case ("0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10").
bool IsTaskInstanceId(std::string_view text);

/// Carries ids from whoever wants them to the metadata collector. Bounded: of more than kMostIds
/// the one that was wanted longest ago is forgotten. An id is asked for kMostTimes at most (a
/// process may show an id of another Airflow's database, or of none) and then left alone for
/// kPatience. Safe to call from any thread.
class TaskLookup {
 public:
  static constexpr std::size_t kMostIds = 1000;
  static constexpr int kMostTimes = 3;
  static constexpr std::chrono::minutes kPatience{10};

  /// The names of the task instance `id` are wanted. What is no id is ignored.
  void Want(std::string_view id, SteadyTime now);

  /// The ids to ask for now, at most `most`: those that were asked for least first, then those
  /// wanted last. An id that nobody has wanted for kPatience is forgotten.
  std::vector<std::string> Take(std::size_t most, SteadyTime now);

  /// The database was asked for `asked` and answered with `found`, which are not wanted any more;
  /// the others have been asked for once more.
  void Answered(std::span<const std::string> asked, std::span<const TaskRow> found, SteadyTime now);

 private:
  struct Wanted {
    SteadyTime last{};        ///< When it was last wanted.
    SteadyTime not_before{};  ///< Until then it is left alone.
    int times = 0;            ///< How often it was asked for, in vain.
  };

  std::mutex mutex_;  // Guards wanted_.
  std::map<std::string, Wanted, std::less<>> wanted_;
};

}  // namespace airflow_host
