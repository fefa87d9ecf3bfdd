// Taking text apart without allocating: lines, fields, numbers. Every function is total: any bytes
// in (NUL included), a value or nothing out. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// Takes the first line off `rest` (without its newline); nothing once `rest` is empty.
/// `while (auto line = TakeLine(text)) ...`
std::optional<std::string_view> TakeLine(std::string_view& rest);

/// Takes the next field off `rest`, fields being parted by spaces and tabs; nothing when only
/// separators are left.
std::optional<std::string_view> TakeField(std::string_view& rest);

/// `text` without spaces, tabs, carriage returns and newlines at both ends.
std::string_view Trim(std::string_view text);

/// `text` with the letters A to Z made small; other bytes, UTF-8 among them, stay.
std::string Lower(std::string_view text);

/// The decimal number that `text` is as a whole: no sign, no space, no overflow.
std::optional<std::uint64_t> ParseUnsigned(std::string_view text);

/// The decimal number that `text` is as a whole, with an optional minus.
std::optional<std::int64_t> ParseSigned(std::string_view text);

/// The finite decimal fraction that `text` is as a whole ("0.25", "-3", "1e3").
std::optional<double> ParseDecimal(std::string_view text);

/// `number * factor`, or nothing where that overflows: kB to bytes, pages to bytes.
std::optional<std::uint64_t> Multiply(std::optional<std::uint64_t> number, std::uint64_t factor);

/// The unsigned field `text`, in units of `factor` bytes.
inline std::optional<std::uint64_t> ParseScaled(std::string_view text, std::uint64_t factor) {
  return Multiply(ParseUnsigned(text), factor);
}

/// `text` as valid UTF-8 of at most `limit` bytes: each byte that does not belong becomes "?", as
/// do control characters. For label values and pages; the sources may hold anything.
std::string Printable(std::string_view text, std::size_t limit);

}  // namespace airflow_host
