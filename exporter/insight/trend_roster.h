// Who is followed: a bounded number of identities, each with its tracks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "exporter/insight/trend_track.h"

namespace airflow_host {

/// Keeps the tracks of identities that are alive. `Identity` is a value with an order; one that has
/// come back as another (a process that took over a pid) must differ. Used by one thread.
template <typename Identity>
class TrendRoster {
 public:
  /// One that could be followed.
  struct Candidate {
    Identity identity;
    int rank = 0;            ///< Where there are too many, the higher rank is followed,
    double bytes = 0;        ///< and of one rank the larger.
    std::size_t sample = 0;  ///< Its index in the observation.
    bool admissible = true;  ///< False: it is followed only if it is already.
  };
  /// One that is followed.
  struct Entry {
    int rank = 0;
    double bytes = 0;
    std::size_t sample = 0;
    SteadyTime first_seen{};  ///< Boot, for one that another run has followed already.
    bool alive = false;
    std::vector<TrendTrack> tracks;  ///< One per kind.
  };
  using Entries = std::map<Identity, Entry>;

  /// `plan` outlives the roster.
  TrendRoster(const TrendPlan& plan, std::size_t kinds, std::size_t most)
      : plan_(plan), kinds_(kinds), most_(most) {}

  /// Forgets who is not among `candidates`, and takes in whom there is room for. Uses up the list.
  void Follow(std::vector<Candidate>& candidates, SteadyTime now) {
    for (auto& [identity, entry] : entries_) entry.alive = false;
    std::erase_if(candidates, [this](const Candidate& candidate) {
      const auto found = entries_.find(candidate.identity);
      if (found == entries_.end()) return !candidate.admissible;
      Refresh(candidate, found->second);
      return true;
    });
    std::erase_if(entries_, [](const auto& pair) { return !pair.second.alive; });
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      return std::pair(a.rank, a.bytes) > std::pair(b.rank, b.bytes);
    });
    for (const Candidate& candidate : candidates) {
      if (!MakeRoomFor(candidate)) return;  // Nor for any that comes behind it.
      Entry& entry = Add(candidate.identity);
      entry.first_seen = now;
      Refresh(candidate, entry);
    }
  }

  /// All that are followed, in their order.
  Entries& entries() { return entries_; }
  const Entries& entries() const { return entries_; }

  /// Takes in an identity of another run, until Follow finds that it is no more. False where there
  /// is no room.
  bool Restore(const Identity& identity, const std::vector<TrendTrackState>& tracks,
               SteadyTime now) {
    if (entries_.size() >= most_ || tracks.size() != kinds_) return false;
    Entry& entry = Add(identity);
    for (std::size_t kind = 0; kind < kinds_; ++kind) entry.tracks[kind].Restore(tracks[kind], now);
    return true;
  }

 private:
  Entry& Add(const Identity& identity) {
    Entry& entry = entries_[identity];
    entry.tracks.assign(kinds_, TrendTrack(plan_));
    return entry;
  }

  static void Refresh(const Candidate& candidate, Entry& entry) {
    entry.rank = candidate.rank;
    entry.bytes = candidate.bytes;
    entry.sample = candidate.sample;
    entry.alive = true;
  }

  bool MakeRoomFor(const Candidate& candidate) {
    if (entries_.size() < most_) return true;
    const auto least =
        std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
          return std::pair(a.second.rank, a.second.bytes) <
                 std::pair(b.second.rank, b.second.bytes);
        });
    if (least == entries_.end() || candidate.rank < least->second.rank) return false;
    // Within a rank only a much larger one, so that two of a size do not take turns and lose their
    // past each time.
    const bool same_rank = candidate.rank == least->second.rank;
    if (same_rank && candidate.bytes <= 2 * least->second.bytes) return false;
    entries_.erase(least);
    return true;
  }

  const TrendPlan& plan_;
  std::size_t kinds_;
  std::size_t most_;
  Entries entries_;
};

}  // namespace airflow_host
