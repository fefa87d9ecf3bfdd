// Neighbours that the user names by patterns, besides those that the program knows by itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/component/component.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// One group of neighbours: a process belongs to it that one of the patterns matches.
struct NeighbourGroup {
  std::string name;                   ///< The label value: letters a to z and underscores.
  std::vector<std::string> patterns;  ///< See MatchesPattern.

  bool operator==(const NeighbourGroup&) const = default;
};

/// The groups in "NAME=PATTERN" texts, in their order; a name that comes again adds a pattern.
/// Errors complete "flag --component.neighbours ...": a name or pattern that may not be, or too
/// many. Pure; any thread.
Expected<std::vector<NeighbourGroup>> ParseNeighbourGroups(const std::vector<std::string>& texts);

/// Whether `pattern` matches the whole of `text`: `*` stands for any bytes, `?` for one, everything
/// else for itself. A NUL in `text` counts as a space. Pure; any thread.
bool MatchesPattern(std::string_view pattern, std::string_view text);

/// The component of the first group that matches the process's name (`comm`, 15 bytes at most) or
/// its command line, its arguments joined by spaces (the first 4 kB of it); nothing where none
/// does. Pure; any thread.
std::optional<Component> FindNeighbour(const std::vector<NeighbourGroup>& groups,
                                       std::string_view cmdline, std::string_view comm);

}  // namespace airflow_host
