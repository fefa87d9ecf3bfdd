// Which collectors a scrape asks for: /metrics?collect[]=host&collect[]=oom, or exclude[]=broker,
// spelled as node_exporter spells it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// A choice of collectors. A plain value; the default is all of them.
struct CollectorFilter {
  std::vector<std::string> only;     ///< Where not empty: these and nothing else.
  std::vector<std::string> without;  ///< All but these. Empty where `only` is not.

  /// Whether the collector `name` is asked for.
  bool Includes(std::string_view name) const;
  /// Whether what belongs to no collector (insights, the process itself) is asked for.
  bool IncludesTheRest() const { return only.empty(); }
};

/// Reads a query as sent (percent-encoded); other parameters are passed over. An Error is one
/// sentence for the client: a name that is not in `known`, or both kinds at once. Any thread.
Expected<CollectorFilter> ParseCollectorFilter(std::string_view query,
                                               std::span<const std::string_view> known);

}  // namespace airflow_host
