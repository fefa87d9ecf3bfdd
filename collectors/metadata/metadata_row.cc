// Reads the columns of a row.
#include "collectors/metadata/metadata_row.h"

#include <cmath>

#include "collectors/metadata/metadata_query.h"
#include "collectors/support/text.h"

namespace airflow_host {

std::string MetadataRow::Text(std::size_t number, std::size_t limit) const {
  const auto& text = row_[number];
  return text ? Printable(*text, limit) : std::string();
}

std::optional<double> MetadataRow::Number(std::size_t number) const {
  const auto& text = row_[kRowTexts + number];
  return text ? ParseDecimal(*text) : std::nullopt;
}

std::optional<std::uint64_t> MetadataRow::Count(std::size_t number) const {
  const auto value = Number(number);
  if (!value || *value < 0 || *value > static_cast<double>(kLargestCount)) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<SystemTime> MetadataRow::Time(std::size_t number) const {
  constexpr double kLongest = 9e9;
  const auto value = Number(number);
  if (!value || std::fabs(*value) > kLongest) return std::nullopt;
  return FromSecondsSinceEpoch(*value);
}

}  // namespace airflow_host
