// The amounts of memory in the files of /proc/PID: "   210944 kB".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collectors/support/text.h"

namespace airflow_host {

/// The bytes of an amount as the kernel writes it, blanks around it allowed: its "kB" are 1024
/// bytes. Nothing for any other unit, and for more than 64 bits hold. Total; any thread.
inline std::optional<std::uint64_t> ParseKibibytes(std::string_view text) {
  const auto number = TakeField(text);
  if (!number || TakeField(text) != "kB") return std::nullopt;
  const auto bytes = ParseScaled(*number, 1024);
  // Sums of a few such amounts must not overflow.
  return bytes && *bytes < (std::uint64_t{1} << 60) ? bytes : std::nullopt;
}

}  // namespace airflow_host
