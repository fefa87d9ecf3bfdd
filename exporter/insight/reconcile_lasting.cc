// Remembers figures and things for as long as it takes to call them lasting.
#include "exporter/insight/reconcile_lasting.h"

#include <algorithm>
#include <utility>

namespace airflow_host {

void LastingMinimum::Add(SteadyTime now, std::int64_t figure) {
  samples_.push_back({now, figure});
  while (samples_.size() > 1 && now - samples_[1].at >= kDifferenceLasts) {
    samples_.erase(samples_.begin());
  }
}

void LastingMinimum::Skip(SteadyTime now) {
  if (!samples_.empty() && now - samples_.back().at >= kDifferenceLasts) samples_.clear();
}

std::optional<std::uint64_t> LastingMinimum::Value() const {
  if (samples_.empty()) return std::nullopt;
  const auto least = std::min_element(
      samples_.begin(), samples_.end(),
      [](const Sample& one, const Sample& other) { return one.figure < other.figure; });
  if (least->figure <= 0) return 0;
  if (samples_.size() < kLeastPairs) return std::nullopt;
  if (samples_.back().at - samples_.front().at < kDifferenceLasts) return std::nullopt;
  return static_cast<std::uint64_t>(least->figure);
}

void LastingKeys::Update(SteadyTime now, std::span<const ReconcileKey> keys) {
  now_ = now;
  std::map<ReconcileKey, Presence> next;
  for (const ReconcileKey key : keys) {
    if (const auto known = keys_.find(key); known != keys_.end()) {
      next[key] = {known->second.since, known->second.updates + 1};
    }
  }
  for (const ReconcileKey key : keys) {
    if (next.size() >= kMost) break;
    next.try_emplace(key, Presence{now, 1});
  }
  keys_ = std::move(next);
}

bool LastingKeys::IsLasting(const Presence& presence) const {
  return presence.updates >= kLeastPairs && now_ - presence.since >= kDifferenceLasts;
}

std::uint64_t LastingKeys::lasting() const {
  return static_cast<std::uint64_t>(std::count_if(
      keys_.begin(), keys_.end(), [&](const auto& entry) { return IsLasting(entry.second); }));
}

bool LastingKeys::Lasts(ReconcileKey key) const {
  const auto found = keys_.find(key);
  return found != keys_.end() && IsLasting(found->second);
}

}  // namespace airflow_host
