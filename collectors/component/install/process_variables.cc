// Takes a few variables out of an environ file.
#include "collectors/component/install/process_variables.h"

#include <algorithm>
#include <cstddef>

namespace airflow_host {
namespace {

/// Names may hold nearly anything ("BASH_FUNC_module%%"), but no blanks and nothing unprintable.
bool CanBeName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char byte) { return byte > ' ' && byte < '\x7f'; });
}

}  // namespace

std::optional<Environment> TakeVariables(std::string_view text,
                                         std::span<const std::string_view> wanted, bool cut) {
  Environment found;
  std::size_t entries = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\0');
    // An environment ends with a NUL.
    if (end == std::string_view::npos && !cut) return std::nullopt;
    if (end == std::string_view::npos) break;
    const std::string_view entry = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t equals = entry.find('=');
    // An empty entry is the padding behind a title.
    if (equals == std::string_view::npos || !CanBeName(entry.substr(0, equals))) {
      return std::nullopt;
    }
    ++entries;
    const std::string_view name = entry.substr(0, equals);
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    found.emplace(name, entry.substr(equals + 1));
  }
  // The end of a title that fits exactly is one entry; no program runs with a single variable.
  if (entries < 2) return std::nullopt;
  return found;
}

}  // namespace airflow_host
