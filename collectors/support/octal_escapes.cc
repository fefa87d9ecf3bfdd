// Decodes the kernel's octal escapes.
#include "collectors/support/octal_escapes.h"

#include <optional>

namespace airflow_host {
namespace {

/// The byte that `digits` names, if it starts with three octal digits.
std::optional<char> OctalByte(std::string_view digits) {
  constexpr unsigned kLargestByte = 0377;
  if (digits.size() < 3) return std::nullopt;
  unsigned value = 0;
  for (const char digit : digits.substr(0, 3)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    value = value * 8 + static_cast<unsigned>(digit - '0');
  }
  if (value > kLargestByte) return std::nullopt;
  return static_cast<char>(value);
}

}  // namespace

void DecodeOctalEscapes(std::string_view text, std::string& decoded) {
  decoded.clear();
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = text[at] == '\\' ? OctalByte(text.substr(at + 1)) : std::nullopt;
    decoded.push_back(byte.value_or(text[at]));
    if (byte) at += 3;
  }
}

std::string DecodeOctalEscapes(std::string_view text) {
  std::string decoded;
  DecodeOctalEscapes(text, decoded);
  return decoded;
}

}  // namespace airflow_host
