// What is read of each process besides its stat and title, kept from tick to tick.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "collectors/component/process_status.h"
#include "collectors/component/process_table.h"

namespace airflow_host {

/// What is too costly to read on every tick. The amounts of memory are kept as their shares of RSS.
struct CostlyFacts {
  float pss_share = std::numeric_limits<float>::quiet_NaN();      ///< NaN: not known.
  float private_share = std::numeric_limits<float>::quiet_NaN();  ///< NaN: not known.
  std::optional<std::uint32_t> open_fds;
  std::optional<std::uint32_t> max_fds;
  /// The round that read them last; for a process that was never read, a round long ago.
  std::int32_t read_round = 0;
  bool read = false;
  bool denied = false;  ///< smaps_rollup may not be read.

  bool KnowsPss() const { return !std::isnan(pss_share); }
  std::optional<std::uint64_t> PssOf(std::optional<std::uint64_t> rss) const {
    return Part(pss_share, rss);
  }
  std::optional<std::uint64_t> PrivateOf(std::optional<std::uint64_t> rss) const {
    return Part(private_share, rss);
  }

 private:
  static std::optional<std::uint64_t> Part(float share, std::optional<std::uint64_t> rss) {
    if (std::isnan(share) || !rss) return std::nullopt;
    return static_cast<std::uint64_t>(
        std::llround(static_cast<double>(share) * static_cast<double>(*rss)));
  }
};

/// What is kept of one process that is Airflow's or a neighbour's.
struct ProcessDetails {
  ProcessMemory memory;
  std::string cgroup_path;
  CostlyFacts costly;
  std::uint32_t cgroup_age = 0;  ///< Looks since it was found: the group is read when it is young.
  std::uint32_t tick = 0;        ///< The last tick that had the process.
};

/// Keeps the details of all our processes in slots that are used again. Used by one thread.
class ProcessDetailsStore {
 public:
  /// Begins a tick: what is not asked for until its end is forgotten.
  void BeginTick() { ++tick_; }

  /// The details of `process`, new ones where it has none yet; holds until the next Of. Keeps the
  /// slot's number in the process.
  ProcessDetails& Of(KnownProcess& process);

  /// The details of a process that Of was asked for on this tick.
  ProcessDetails& At(std::uint32_t slot) { return slots_[slot]; }
  const ProcessDetails& At(std::uint32_t slot) const { return slots_[slot]; }

  /// Frees the slots of processes that have gone.
  void EndTick();

 private:
  std::uint32_t tick_ = 0;
  std::vector<ProcessDetails> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace airflow_host
