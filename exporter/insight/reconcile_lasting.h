// What lasts. A snapshot of two systems is never of one instant, so what differs in one pair of
// snapshots means nothing: it must differ in every pair over a stated time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "collectors/support/clock.h"

namespace airflow_host {

/// For how long a difference must be there, in every pair of snapshots, before it counts: four
/// cadences of 15 s, and longer than a worker takes to begin a task that it has fetched.
inline constexpr std::chrono::seconds kDifferenceLasts{60};
/// In how many pairs it must have been there at least.
inline constexpr std::size_t kLeastPairs = 3;

/// The smallest of one figure over the last kDifferenceLasts. Bounded by the number of pairs in
/// that time. Used by one thread.
class LastingMinimum {
 public:
  /// Takes over the figure as of `now`; times go up.
  void Add(SteadyTime now, std::int64_t figure);

  /// Where the figure is not known as of `now`: what was known is forgotten once it is as old as
  /// kDifferenceLasts.
  void Skip(SteadyTime now);

  /// The minimum, never below 0. Once a figure is 0 or less it is 0 at once; above 0 it is known
  /// only when there are figures of the whole time, at least kLeastPairs of them.
  std::optional<std::uint64_t> Value() const;

 private:
  struct Sample {
    SteadyTime at{};
    std::int64_t figure = 0;
  };

  std::vector<Sample> samples_;  ///< The first one is the last from before that time.
};

/// Names a thing that is the same in several snapshots: a hash of what tells it apart.
using ReconcileKey = std::uint64_t;

/// Which things have been there in every pair for kDifferenceLasts. Used by one thread.
class LastingKeys {
 public:
  /// No more things are remembered.
  static constexpr std::size_t kMost = 1000;

  /// Takes over what is there as of `now`, in the place of what was there before; of more than
  /// kMost those that are remembered already go first. `keys` may name a thing twice.
  void Update(SteadyTime now, std::span<const ReconcileKey> keys);

  /// Things that have been there for that time, in at least kLeastPairs updates.
  std::uint64_t lasting() const;
  /// `key` is one of these.
  bool Lasts(ReconcileKey key) const;
  /// Things that are there, whether they last or not.
  std::size_t present() const { return keys_.size(); }

 private:
  struct Presence {
    SteadyTime since{};
    std::size_t updates = 0;
  };

  bool IsLasting(const Presence& presence) const;

  std::map<ReconcileKey, Presence> keys_;
  SteadyTime now_{};
};

}  // namespace airflow_host
