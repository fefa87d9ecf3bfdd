// Which queues there are.
#include "collectors/broker/queue_directory.h"

#include <algorithm>
#include <set>
#include <utility>

namespace airflow_host {

QueueDirectory::QueueDirectory(KombuLayout layout, std::vector<std::string> configured)
    : layout_(std::move(layout)) {
  for (std::string& queue : configured) {
    const bool known =
        std::find(configured_.begin(), configured_.end(), queue) != configured_.end();
    if (queue.empty() || known) continue;
    if (configured_.size() == kMost) {
      truncated_ = true;
      break;
    }
    configured_.push_back(std::move(queue));
  }
}

void QueueDirectory::NoteScan(std::uint64_t cursor, const std::vector<std::string>& keys,
                              SteadyTime now) {
  if (!turn_began_) turn_began_ = now;
  for (const std::string& key : keys) {
    const auto exchange = layout_.ExchangeOf(key);
    if (!exchange || IsControlName(*exchange)) continue;
    const auto found = exchanges_.find(*exchange);
    if (found != exchanges_.end()) {
      found->second.seen = true;
    } else if (exchanges_.size() < kMost) {
      exchanges_.emplace(*exchange, Exchange{});
    } else {
      truncated_ = true;
    }
  }
  cursor_ = cursor;
  if (cursor_ != 0) return;
  // SCAN promises every key that was there during the whole turn.
  std::erase_if(exchanges_, [](const auto& entry) { return !entry.second.seen; });
  for (auto& [name, exchange] : exchanges_) exchange.seen = false;
  last_turn_began_ = std::exchange(turn_began_, std::nullopt);
}

void QueueDirectory::Restart() {
  cursor_ = 0;
  turn_began_.reset();
  last_turn_began_.reset();
}

void QueueDirectory::NoteBinding(const std::string& exchange,
                                 const std::vector<std::string>& members, bool whole) {
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end()) return;
  found->second.read = true;
  found->second.whole = whole;
  found->second.queues.clear();
  for (const std::string& member : members) {
    auto queue = layout_.QueueOf(member);
    if (queue && !IsControlName(*queue)) found->second.queues.push_back(*std::move(queue));
  }
}

std::vector<std::string> QueueDirectory::Exchanges() const {
  std::vector<std::string> names;
  for (const auto& [name, exchange] : exchanges_) names.push_back(name);
  return names;
}

std::vector<std::string> QueueDirectory::UnreadExchanges() const {
  std::vector<std::string> names;
  for (const auto& [name, exchange] : exchanges_) {
    if (!exchange.read) names.push_back(name);
  }
  return names;
}

std::optional<SteadyTime> QueueDirectory::CompleteAsOf() const {
  const bool whole = !truncated_ && Queues().size() < kMost &&
                     std::all_of(exchanges_.begin(), exchanges_.end(),
                                 [](const auto& entry) { return entry.second.whole; });
  return whole ? last_turn_began_ : std::nullopt;
}

std::vector<std::string> QueueDirectory::Queues() const {
  std::set<std::string> bound;
  for (const auto& [name, exchange] : exchanges_) {
    bound.insert(exchange.queues.begin(), exchange.queues.end());
  }
  std::vector<std::string> queues = configured_;
  for (const std::string& queue : wanted_) {
    if (queues.size() >= kMost) break;
    const bool listed = std::find(queues.begin(), queues.end(), queue) != queues.end();
    if (!queue.empty() && !listed) queues.push_back(queue);
  }
  for (const std::string& queue : queues) bound.erase(queue);
  for (const std::string& queue : bound) {
    if (queues.size() >= kMost) break;
    queues.push_back(queue);
  }
  return queues;
}

}  // namespace airflow_host
