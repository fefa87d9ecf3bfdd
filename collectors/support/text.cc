// Lines, fields and numbers.
#include "collectors/support/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace airflow_host {
namespace {

bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

bool IsContinuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// How many bytes the well-formed UTF-8 character at `at` has; 0 where there is none.
/// https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf, table 3-7.
std::size_t CharacterLength(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
  if (lead < 0x80U) return 1;
  if (lead >= 0xC2U && lead <= 0xDFU) return IsContinuation(text, at + 1) ? 2 : 0;
  if (lead >= 0xE0U && lead <= 0xEFU) {
    const bool overlong = lead == 0xE0U && next < 0xA0U;
    const bool surrogate = lead == 0xEDU && next > 0x9FU;
    return !overlong && !surrogate && IsContinuation(text, at + 1) && IsContinuation(text, at + 2)
               ? 3
               : 0;
  }
  if (lead >= 0xF0U && lead <= 0xF4U) {
    const bool overlong = lead == 0xF0U && next < 0x90U;
    const bool too_large = lead == 0xF4U && next > 0x8FU;
    return !overlong && !too_large && IsContinuation(text, at + 1) &&
                   IsContinuation(text, at + 2) && IsContinuation(text, at + 3)
               ? 4
               : 0;
  }
  return 0;
}

bool IsControl(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20U || value == 0x7FU;
}

}  // namespace

std::optional<std::string_view> TakeLine(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::optional<std::string_view> TakeField(std::string_view& rest) {
  // By hand: find_first_of calls memchr for every byte, which came to a quarter of a tick.
  const char* const end = rest.data() + rest.size();
  const char* const begin = std::find_if_not(rest.data(), end, IsBlank);
  const char* const stop = std::find_if(begin, end, IsBlank);
  rest = std::string_view(stop, static_cast<std::size_t>(end - stop));
  if (begin == end) return std::nullopt;
  return std::string_view(begin, static_cast<std::size_t>(stop - begin));
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return lower;
}

std::optional<std::uint64_t> ParseUnsigned(std::string_view text) {
  return ParseWhole<std::uint64_t>(text);
}

std::optional<std::int64_t> ParseSigned(std::string_view text) {
  return ParseWhole<std::int64_t>(text);
}

std::optional<double> ParseDecimal(std::string_view text) {
  const std::optional<double> number = ParseWhole<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::uint64_t> Multiply(std::optional<std::uint64_t> number, std::uint64_t factor) {
  if (!number) return std::nullopt;
  if (factor != 0 && *number > std::numeric_limits<std::uint64_t>::max() / factor) {
    return std::nullopt;
  }
  return *number * factor;
}

std::string Printable(std::string_view text, std::size_t limit) {
  std::string result;
  result.reserve(std::min(text.size(), limit));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = CharacterLength(text, at);
    const std::size_t taken = length == 0 ? 1 : length;
    if (result.size() + taken > limit) break;
    if (length == 0 || IsControl(text[at])) {
      result.push_back('?');
    } else {
      result.append(text.substr(at, length));
    }
    at += taken;
  }
  return result;
}

}  // namespace airflow_host
