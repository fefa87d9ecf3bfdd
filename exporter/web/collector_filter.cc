// Reads the query of a scrape.
#include "exporter/web/collector_filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "collectors/support/text.h"
#include "collectors/support/url.h"

namespace airflow_host {
namespace {

/// A name that came from outside is repeated to the client only so far.
constexpr std::size_t kLongestEchoedName = 60;

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Percent-decoded, "+" being a space.
std::string Decode(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return PercentDecode(spaced);
}

std::string Joined(std::span<const std::string_view> names) {
  std::string joined;
  for (const std::string_view name : names) {
    if (!joined.empty()) joined += ", ";
    joined += name;
  }
  return joined.empty() ? "none" : joined;
}

}  // namespace

bool CollectorFilter::Includes(std::string_view name) const {
  return only.empty() ? !Contains(without, name) : Contains(only, name);
}

Expected<CollectorFilter> ParseCollectorFilter(std::string_view query,
                                               std::span<const std::string_view> known) {
  CollectorFilter choice;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string key = Decode(parameter.substr(0, equals));
    if (key != "collect[]" && key != "exclude[]") continue;
    std::string name = Decode(parameter.substr(std::min(equals + 1, parameter.size())));
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Fail(ErrorKind::kMalformed, "There is no enabled collector \"" +
                                             Printable(name, kLongestEchoedName) +
                                             "\"; those that are: " + Joined(known) + ".");
    }
    std::vector<std::string>& names = key == "collect[]" ? choice.only : choice.without;
    if (!Contains(names, name)) names.push_back(std::move(name));
  }
  if (!choice.only.empty() && !choice.without.empty()) {
    return Fail(ErrorKind::kMalformed,
                "collect[] and exclude[] cannot be combined: give the one or the other.");
  }
  return choice;
}

}  // namespace airflow_host
