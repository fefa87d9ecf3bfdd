// Parses /proc/pressure/*; pressure.h shows a sample.
#include "collectors/support/pressure.h"

#include <cstdint>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

/// The value of "total=" among the fields of one line.
std::optional<Seconds> TotalOf(std::string_view fields) {
  constexpr std::string_view kKey = "total=";
  while (const auto field = TakeField(fields)) {
    if (field->substr(0, kKey.size()) != kKey) continue;
    const auto total = ParseUnsigned(field->substr(kKey.size()));
    if (!total) return std::nullopt;
    return Microseconds(static_cast<double>(*total));
  }
  return std::nullopt;
}

}  // namespace

PressureTotals ParsePressure(std::string_view text) {
  PressureTotals totals;
  // A line counts only with its newline: without one its total, the last field, may have been cut.
  while (text.find('\n') != std::string_view::npos) {
    auto line = TakeLine(text);
    const auto kind = TakeField(*line);
    if (kind == "some") totals.some = TotalOf(*line);
    if (kind == "full") totals.full = TotalOf(*line);
  }
  return totals;
}

}  // namespace airflow_host
