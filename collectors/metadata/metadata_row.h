// One row of the one statement, with its columns named.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/metadata/database_client.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"

namespace airflow_host {

/// Reads a row of kRowColumns columns, which outlives it. Total: what is NULL or no number is an
/// empty text or nothing. Texts and numbers count from 1.
class MetadataRow {
 public:
  /// 2^53: up to here a double holds every whole number.
  static constexpr std::uint64_t kLargestCount = 1ULL << 53U;

  /// One count and another, each at most kLargestCount; so is the sum, so that nonsense of a broken
  /// server does not wrap.
  static std::uint64_t Sum(std::uint64_t one, std::uint64_t other) {
    return std::min(one + other, kLargestCount);
  }

  explicit MetadataRow(const DatabaseRow& row) : row_(row) {}

  bool Is(std::string_view section) const { return row_[0] == section; }

  /// A text, printable and of `limit` bytes at most. Label texts are cut as the page would cut
  /// them, so that what looks the same is the same: two series with equal labels would make the
  /// page invalid.
  std::string Text(std::size_t number, std::size_t limit = MetricWriter::kLongestLabelValue) const;

  std::optional<double> Number(std::size_t number) const;

  /// A whole number that is not negative and that a double holds exactly.
  std::optional<std::uint64_t> Count(std::size_t number) const;

  /// Seconds since 1970 as a time; within a century or so, beyond which a clock's type ends.
  std::optional<SystemTime> Time(std::size_t number) const;

 private:
  const DatabaseRow& row_;
};

}  // namespace airflow_host
