// Reads and applies the user's patterns for neighbours, such as
//   mysql=mysqld*        dbt=*dbt run*
#include "collectors/component/neighbour_groups.h"

#include <algorithm>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLongestName = 32;
constexpr std::size_t kLongestPattern = 200;
constexpr std::size_t kMostPatterns = 64;
constexpr std::size_t kLongestMatched = 4096;

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

bool IsTaken(std::string_view name) {
  for (std::size_t at = 0; at < kComponentCount; ++at) {
    if (ComponentName(ComponentAt(at)) == name) return true;
  }
  return false;
}

/// Why `text` is no "NAME=PATTERN"; empty where it is one.
std::string ProblemOf(std::string_view name, std::string_view pattern) {
  const std::string shown = "\"" + Printable(name, 80) + "\"";
  if (!IsName(name)) {
    return "wants NAME=PATTERN with a name of letters a to z and underscores, not " + shown;
  }
  if (IsTaken(name)) return "names a group " + shown + ", which is a component already";
  if (pattern.size() > kLongestPattern) return "holds a pattern of more than 200 bytes: " + shown;
  if (pattern.find_first_not_of("*? ") == std::string_view::npos) {
    return "wants a pattern for " + shown + " that does not match every process";
  }
  return {};
}

bool SameByte(char wanted, char byte) {
  return wanted == '?' || wanted == byte || (wanted == ' ' && byte == '\0');
}

}  // namespace

Expected<std::vector<NeighbourGroup>> ParseNeighbourGroups(const std::vector<std::string>& texts) {
  std::vector<NeighbourGroup> groups;
  if (texts.size() > kMostPatterns) {
    return Fail(ErrorKind::kMalformed, "wants at most 64 patterns");
  }
  for (const std::string_view text : texts) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const std::string_view pattern =
        equals == std::string_view::npos ? std::string_view() : Trim(text.substr(equals + 1));
    if (auto problem = ProblemOf(name, pattern); !problem.empty()) {
      return Fail(ErrorKind::kMalformed, std::move(problem));
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [name](const NeighbourGroup& other) { return other.name == name; });
    if (group == groups.end()) {
      if (groups.size() == kMostNeighbourGroups) {
        return Fail(ErrorKind::kMalformed, "wants at most 16 groups");
      }
      group = groups.insert(groups.end(), NeighbourGroup{std::string(name), {}});
    }
    group->patterns.emplace_back(pattern);
  }
  return groups;
}

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  std::size_t in_pattern = 0;
  std::size_t in_text = 0;
  // Where to go on when the bytes behind the last star do not match: one byte further.
  std::size_t behind_star = std::string_view::npos;
  std::size_t star_ends = 0;
  while (in_text < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      behind_star = ++in_pattern;
      star_ends = in_text;
    } else if (in_pattern < pattern.size() && SameByte(pattern[in_pattern], text[in_text])) {
      ++in_pattern;
      ++in_text;
    } else if (behind_star != std::string_view::npos) {
      in_pattern = behind_star;
      in_text = ++star_ends;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

std::optional<Component> FindNeighbour(const std::vector<NeighbourGroup>& groups,
                                       std::string_view cmdline, std::string_view comm) {
  std::string_view text = cmdline.substr(0, kLongestMatched);
  constexpr std::string_view kPadding("\0 ", 2);
  text = text.substr(0, text.find_last_not_of(kPadding) + 1);
  for (std::size_t at = 0; at < groups.size() && at < kMostNeighbourGroups; ++at) {
    for (const std::string& pattern : groups[at].patterns) {
      if (MatchesPattern(pattern, comm) || MatchesPattern(pattern, text)) {
        return NeighbourAt(at);
      }
    }
  }
  return std::nullopt;
}

}  // namespace airflow_host
