// The environment, and the replacing of `~` and `$NAME` in it.
#include "collectors/support/environment.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace airflow_host {
namespace {

constexpr int kMostRounds = 20;
constexpr std::size_t kLongestResult = std::size_t{64} * 1024;

bool IsNameByte(unsigned char byte) { return std::isalnum(byte) != 0 || byte == '_'; }

/// One `$NAME` or `${NAME}` at the beginning of a text.
struct Reference {
  std::string_view name;
  std::size_t length;  ///< Of the whole reference; 0: there is none.
};

Reference ReferenceAt(std::string_view text) {
  if (text.size() < 2) return {{}, 0};
  if (text[1] == '{') {
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) return {{}, 0};
    return {text.substr(2, close - 2), close + 1};
  }
  const auto end = std::find_if_not(text.begin() + 1, text.end(), IsNameByte);
  const auto length = static_cast<std::size_t>(end - text.begin());
  return length == 1 ? Reference{{}, 0} : Reference{text.substr(1, length - 1), length};
}

/// One pass over `text`: what a variable holds is not looked at again.
std::string ExpandOnce(std::string_view text, const Environment& environment) {
  std::string result;
  while (!text.empty() && result.size() <= kLongestResult) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    result.append(text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const Reference reference = ReferenceAt(text);
    const auto value = reference.length == 0 ? std::nullopt : Find(environment, reference.name);
    const std::size_t taken = std::max<std::size_t>(reference.length, 1);
    result.append(value.value_or(text.substr(0, taken)));
    text.remove_prefix(taken);
  }
  return result;
}

}  // namespace

Environment EnvironmentOf(const char* const* entries) {
  Environment environment;
  for (; entries != nullptr && *entries != nullptr; ++entries) {
    const std::string_view entry(*entries);
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return environment;
}

std::optional<std::string_view> Find(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  if (found == environment.end()) return std::nullopt;
  return found->second;
}

std::string HomeDirectory(const Environment& environment, std::string_view fallback) {
  std::string_view home = Find(environment, "HOME").value_or(fallback);
  while (home.ends_with('/')) home.remove_suffix(1);
  return std::string(home);
}

std::string ExpandUser(std::string_view text, std::string_view home) {
  const bool own_home = text == "~" || text.starts_with("~/");
  if (!own_home) return std::string(text);
  std::string result(home);
  result.append(text.substr(1));
  return result.empty() ? "/" : result;
}

Expected<std::string> ExpandVariables(std::string_view text, const Environment& environment,
                                      std::string_view home) {
  std::string current(text);
  for (int round = 0; round < kMostRounds; ++round) {
    std::string next = ExpandUser(ExpandOnce(current, environment), home);
    if (next == current) return next;
    if (next.size() > kLongestResult) break;
    current = std::move(next);
  }
  return Fail(ErrorKind::kMalformed, "refers to variables that refer to each other without an end");
}

}  // namespace airflow_host
