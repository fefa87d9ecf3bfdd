// Which container's memory grows, how fast, and when its limit is reached.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/container/container_key.h"
#include "collectors/container/container_observation.h"
#include "exporter/insight/memory_rooms.h"
#include "exporter/insight/trend_report.h"
#include "exporter/insight/trend_roster.h"

namespace airflow_host {

/// The trends of one container.
struct ContainerTrendReport {
  ContainerKey key;
  SubjectTrend trend;
};

/// A container's cgroup: its path, and its inode or else the start of its oldest process, so that a
/// restart is another one.
struct FollowedContainer {
  std::string cgroup_path;
  std::uint64_t mark = 0;
  auto operator<=>(const FollowedContainer&) const = default;
};

/// What is known of one container, for a file.
struct ContainerTrendState {
  FollowedContainer identity;
  std::vector<TrendTrackState> tracks;
};

/// Follows anonymous memory (swap included) and slab of containers, each by itself. Bounded:
/// kMostContainers, of which each takes 4 kB with two windows. Used by one thread.
class ContainerTrend {
 public:
  static constexpr std::size_t kMostContainers = 200;

  ContainerTrend(const std::vector<TrendWindow>& windows, std::chrono::nanoseconds cadence);
  ContainerTrend(const ContainerTrend&) = delete;  // The roster points to the plan.
  ContainerTrend& operator=(const ContainerTrend&) = delete;
  ~ContainerTrend() = default;

  /// Takes in one observation, whose containers are named, made at `now`. Gives the trends as of
  /// it, of those that are shown (IsShown). A container ends at its limit (and swap limit, as far
  /// as the host's swap goes), or where the host's memory ends before it; one without a limit has
  /// no end of its own. Of `rooms` the host's are used.
  std::vector<ContainerTrendReport> Absorb(const ContainerObservation& observation, TwoTimes now,
                                           const MemoryRooms& rooms);

  /// The rooms in all containers with a limit as of the last observation, sorted by path; those of
  /// which no trend is known count with the memory of the moment.
  const std::vector<ContainerRoom>& rooms() const { return rooms_; }

  std::vector<ContainerTrendState> Save() const;
  void Restore(const std::vector<ContainerTrendState>& containers, SteadyTime now);

 private:
  using Roster = TrendRoster<FollowedContainer>;

  void GatherCandidates(const ContainerObservation& observation);
  void Follow(const Container& container, SystemTime observed_at, TwoTimes now,
              Roster::Entry& entry);
  std::vector<WindowEvidence> EvidenceOf(const Roster::Entry& entry) const;

  const TrendPlan plan_;
  Roster roster_;
  std::vector<Roster::Candidate> candidates_;  ///< Of the observation that is being absorbed.
  std::vector<ContainerRoom> rooms_;
  TrendScratch scratch_;
};

}  // namespace airflow_host
