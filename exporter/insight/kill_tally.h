// Counts kills by component, container and scope, within bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// The counters. None ever goes back or away. Used by one thread.
class KillTally {
 public:
  /// Components beside containers that are told apart; for more the container is "other".
  static constexpr std::size_t kMostPairs = 300;

  KillTally() { Declare(kUnknownComponent, ""); }

  /// Lets the counters of that component and container be there with 0, for both scopes: a counter
  /// that begins with 1 has no increase.
  void Declare(std::string_view component, std::string_view container);

  /// Counts `kills` more.
  void Add(std::string_view component, std::string_view container, std::string_view scope,
           std::uint64_t kills);

  std::vector<KillCount> Counts() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;

  std::map<Key, std::uint64_t> counts_;
};

}  // namespace airflow_host
