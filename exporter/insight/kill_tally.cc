// Keeps one number per component, container and scope.
#include "exporter/insight/kill_tally.h"

namespace airflow_host {

void KillTally::Declare(std::string_view component, std::string_view container) {
  if (counts_.size() >= 2 * kMostPairs) return;
  for (const OomScope scope : {OomScope::kGlobal, OomScope::kCgroup}) {
    counts_.try_emplace(
        {std::string(component), std::string(container), std::string(OomScopeName(scope))});
  }
}

void KillTally::Add(std::string_view component, std::string_view container, std::string_view scope,
                    std::uint64_t kills) {
  const Key key{std::string(component), std::string(container), std::string(scope)};
  const bool full = counts_.size() >= 2 * kMostPairs && !counts_.contains(key);
  counts_[full ? Key{std::string(component), "other", std::string(scope)} : key] += kills;
}

std::vector<KillCount> KillTally::Counts() const {
  std::vector<KillCount> counts;
  for (const auto& [key, kills] : counts_) {
    const auto& [component, container, scope] = key;
    counts.push_back({component, container, scope, kills});
  }
  return counts;
}

}  // namespace airflow_host
