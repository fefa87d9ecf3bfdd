// What the trends have to say: rows for the pages, made from evidence. Plain values and pure
// functions.
//
// When the memory ends, for a subject that grows (of each kind the growing window whose bounds are
// the narrowest; the slopes of the kinds that grow together add up):
//   room     = limit - anon - kernel memory that stays
//              (and, where slab grows, - kernel memory that would be dropped under pressure, since
//              from then on the kernel lives by dropping it),
//              but no more than the host has, reckoned in the same way
//   expected = now + room / slope
//   earliest = now + (room - wander) / upper bound - step
//   latest   = now + (room + wander) / lower bound + step
// where wander is three median absolute deviations of the residuals, and step the width of a bucket
// (in which of its moments the minimum was seen is not kept). Memory counts with the level of its
// fitted line rather than with the value of the moment, which may be a spike's.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/container/container_key.h"
#include "collectors/support/clock.h"
#include "exporter/insight/trend_evidence.h"
#include "exporter/insight/trend_series.h"

namespace airflow_host {

/// Which memory grows.
enum class TrendKind {
  kAnon,  ///< Anonymous memory, resident or swapped out.
  kSlab,  ///< Kernel objects, those that can be dropped included.
};

/// The label value: "anon" or "slab".
constexpr std::string_view TrendKindName(TrendKind kind) {
  return kind == TrendKind::kAnon ? "anon" : "slab";
}

/// The evidence of one kind over one window.
struct WindowEvidence {
  TrendKind kind = TrendKind::kAnon;
  std::size_t window = 0;  ///< Its index in the plan.
  TrendEvidence evidence;
};

/// The trend of one kind over one window.
struct TrendRow {
  TrendKind kind = TrendKind::kAnon;
  std::string window;              ///< The window's label.
  SlopeEstimate bytes_per_second;  ///< With its 95 % bounds.
  bool growing = false;
};

/// When the memory ends.
struct Exhaustion {
  SystemTime earliest{};
  SystemTime expected{};
  std::optional<SystemTime> latest;  ///< Empty where the lower bound of the slope gives none.
};

/// The trends of one subject: of the host, of a container, of a component.
struct SubjectTrend {
  std::vector<TrendRow> rows;            ///< Anon before slab, then in the order of the windows.
  std::optional<Exhaustion> exhaustion;  ///< Empty where nothing grows, or there is no limit.
};

/// One instant on both clocks.
struct TwoTimes {
  SteadyTime steady{};
  SystemTime system{};
};

/// What may be taken and what is, in bytes.
struct MemoryBudget {
  double limit = 0;        ///< What anonymous and kernel memory may take together, swap included.
  double anon = 0;         ///< Anonymous memory, resident or swapped out.
  double kernel_kept = 0;  ///< Kernel memory that stays.
  double kernel_dropped = 0;  ///< Kernel memory that the kernel drops under pressure.
  double slab = 0;            ///< The part of the two above that is slab.
  /// What the host leaves to anonymous memory: no limit within it gives more.
  double host_room = std::numeric_limits<double>::infinity();
  double host_dropped = 0;  ///< The part of it that is slab, which would be dropped under pressure.
};

/// The evidence of the growing window of `kind` whose bounds are the narrowest; null where none
/// grows.
const TrendEvidence* StrongestGrowth(std::span<const WindowEvidence> all, TrendKind kind);

/// The evidence of `kind` over the shortest window that has any; null where none has.
const TrendEvidence* LatestEvidence(std::span<const WindowEvidence> all, TrendKind kind);

/// The bytes that are left of `budget`, or of the host's room if that is less, for anonymous
/// memory, whose level `anon` tells where it is not null, and, where `slab` is not null, for slab
/// that grows.
double RoomIn(const MemoryBudget& budget, const TrendEvidence* anon, const TrendEvidence* slab);

/// When `room` has been taken by what grows as `growth` tells; nothing where its slope is not above
/// 0.
std::optional<Exhaustion> ExhaustionOf(const TrendEvidence& growth, double room, TwoTimes now);

/// The rows and, where `budget` is given, the exhaustion of one subject.
SubjectTrend Judge(std::span<const WindowEvidence> all, const std::vector<TrendWindow>& windows,
                   const std::optional<MemoryBudget>& budget, TwoTimes now);

}  // namespace airflow_host
