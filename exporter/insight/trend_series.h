// The recent past of one quantity, thinned to a few bytes: what a trend is fitted to.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/support/clock.h"
#include "exporter/insight/trend_evidence.h"
#include "exporter/insight/trend_fit.h"

namespace airflow_host {

/// A span of the past over which trends are fitted. A plain value.
struct TrendWindow {
  std::string label;            ///< The label value: "1h", "90s".
  std::chrono::seconds length;  ///< More than 0.
};

/// What a series holds, for a file. A plain value; anything may stand in one that was read.
struct TrendSeriesState {
  std::int64_t width_nanoseconds = 0;  ///< Of a bucket.
  std::uint16_t buckets = 0;           ///< In the window.
  std::int64_t current = -1;           ///< The open bucket; -1: the series is empty.
  float open_minimum = 0;
  std::vector<float> minima;  ///< Of the closed buckets before `current`, NaN for a gap.
};

/// The past of one quantity (a process's memory, a host's slab) in equal buckets of time, each of
/// which keeps the smallest value seen in it: the lower envelope is what is never given back, so a
/// task's spike leaves no trace. Used by one thread.
///
/// Where the quantity falls by more than max(3 median absolute deviations, 20 % of its level) for
/// kBucketsOfADrop buckets in a row, something was given back, and what comes after it is another
/// segment: the buckets before the fall are forgotten.
class TrendSeries {
 public:
  /// No series has more buckets.
  static constexpr std::size_t kMostBuckets = 120;
  /// Nothing is fitted to fewer closed buckets.
  static constexpr std::size_t kFewestBuckets = 24;
  static constexpr std::size_t kBucketsOfADrop = 3;

  /// How wide a bucket is, and how many there are, for a window of `length` over samples that come
  /// every `cadence`: the window in kMostBuckets parts, but none narrower than the cadence. A
  /// window too short for kFewestBuckets is stretched to as many.
  struct Shape {
    std::chrono::nanoseconds width{};
    std::size_t buckets = 0;
  };
  static Shape ShapeOf(std::chrono::nanoseconds length, std::chrono::nanoseconds cadence);

  explicit TrendSeries(Shape shape) : shape_(shape) {}

  /// Adds one value seen at `now`. A `now` earlier than the last is taken for the last bucket's.
  /// True when a bucket has closed, and a fit can give something new.
  bool Add(SteadyTime now, double value);

  /// Forgets all: the quantity is another's now.
  void Clear();

  /// Fits the closed buckets; the result is kept as evidence(). Nothing where there are fewer than
  /// kFewestBuckets.
  void Fit(TrendScratch& scratch);

  /// The last fit.
  const std::optional<TrendEvidence>& evidence() const { return evidence_; }
  std::optional<TrendEvidence>& evidence() { return evidence_; }

  /// Holds no value at all.
  bool empty() const { return current_ < 0; }

  /// How much time the closed buckets span, gaps included.
  std::chrono::nanoseconds Covered() const;

  /// Closed buckets that hold a value.
  std::size_t ClosedBuckets() const;

  /// What it holds; Restore with it makes an equal series.
  TrendSeriesState Save() const;

  /// Takes over what another run has saved. False, and unchanged, where that is of another shape,
  /// lies after `now`, or makes no sense.
  bool Restore(const TrendSeriesState& state, SteadyTime now);

 private:
  void Close(std::int64_t next);
  void WatchForADrop();
  std::size_t SlotOf(std::int64_t bucket) const {
    return static_cast<std::size_t>(bucket) % shape_.buckets;
  }

  Shape shape_;
  /// Minima of the closed buckets, NaN for one without a sample, at their number modulo the count.
  /// Floats hold 24 bits: 4 kB in 64 GB, far below any growth that matters.
  std::array<float, kMostBuckets> minima_{};
  std::int64_t first_ = 0;  ///< The oldest bucket that is kept; buckets count from steady time 0.
  std::int64_t current_ = -1;  ///< The open bucket; -1 before the first value.
  std::int64_t fell_at_ = 0;   ///< The first bucket of the fall under way.
  float open_minimum_ = 0;
  std::uint8_t fallen_ = 0;  ///< Closed buckets in a row below the level.
  std::optional<TrendEvidence> evidence_;
};

}  // namespace airflow_host
