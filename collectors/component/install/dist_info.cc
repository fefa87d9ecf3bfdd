// Reads the names of folders in site-packages.
#include "collectors/component/install/dist_info.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::string_view kDistInfo = ".dist-info";
constexpr std::string_view kEggInfo = ".egg-info";
/// The longest version that PyPI holds for Airflow is shorter by far.
constexpr std::size_t kLongestVersion = 64;

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

bool IsLetter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

bool IsSeparator(char byte) { return byte == '-' || byte == '_' || byte == '.'; }

/// "3.0.0rc1", "1!2.0", "2.6.3+composer".
bool CanBeVersion(std::string_view text) {
  if (text.empty() || text.size() > kLongestVersion || !IsDigit(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char byte) {
    return IsDigit(byte) || IsLetter(byte) || byte == '.' || byte == '+' || byte == '!' ||
           byte == '_';
  });
}

/// The name in the form by which two spellings of it can be compared; empty where it is none.
std::string Normalized(std::string_view name) {
  std::string result;
  for (const char byte : Lower(name)) {
    if (IsSeparator(byte)) {
      if (!result.ends_with('_')) result.push_back('_');
    } else if (IsLetter(byte) || IsDigit(byte)) {
      result.push_back(byte);
    } else {
      return {};
    }
  }
  return result;
}

/// Where the version begins: behind the first "-" that a digit follows.
std::size_t FindVersion(std::string_view stem) {
  for (std::size_t at = 1; at + 1 < stem.size(); ++at) {
    if (stem[at] == '-' && IsDigit(stem[at + 1])) return at + 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<Distribution> ParseDistInfoName(std::string_view name) {
  const bool egg = name.ends_with(kEggInfo);
  if (!egg && !name.ends_with(kDistInfo)) return std::nullopt;
  name.remove_suffix(egg ? kEggInfo.size() : kDistInfo.size());
  const std::size_t begin = FindVersion(name);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view version = name.substr(begin);
  // An egg's name goes on: "-py3.8", "-py3.8-linux-x86_64".
  if (egg) version = version.substr(0, version.find('-'));
  Distribution distribution{Normalized(name.substr(0, begin - 1)), std::string(version)};
  if (distribution.name.empty() || !CanBeVersion(version)) return std::nullopt;
  return distribution;
}

std::optional<ReleaseSeries> SeriesOf(std::string_view version) {
  const std::size_t dot = version.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view rest = version.substr(dot + 1);
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsDigit);
  const auto major = ParseUnsigned(version.substr(0, dot));
  const auto minor = ParseUnsigned(rest.substr(0, static_cast<std::size_t>(end - rest.begin())));
  constexpr auto kMost = std::numeric_limits<unsigned>::max();
  if (!major || !minor || *major > kMost || *minor > kMost) return std::nullopt;
  return ReleaseSeries{static_cast<unsigned>(*major), static_cast<unsigned>(*minor)};
}

}  // namespace airflow_host
