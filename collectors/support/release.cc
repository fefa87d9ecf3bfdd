// Reads the numbers of a release.
#include "collectors/support/release.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace airflow_host {

std::optional<Release> ParseRelease(std::string_view text) {
  if (text.starts_with(">=")) text.remove_prefix(2);
  Release release{};
  std::size_t parts = 0;
  while (parts < release.size()) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), release.at(parts));
    if (parsed.ec != std::errc()) break;
    ++parts;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return parts >= 2 ? std::optional(release) : std::nullopt;
}

}  // namespace airflow_host
