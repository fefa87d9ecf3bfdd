// kombu's keys.
#include "collectors/broker/kombu_layout.h"

#include <algorithm>
#include <utility>

namespace airflow_host {
namespace {

constexpr std::string_view kBinding = "_kombu.binding.";

/// `text` with a backslash before every character that means something in Redis's globs.
std::string GlobEscaped(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (std::string_view("*?[]\\^-").find(byte) != std::string_view::npos) escaped.push_back('\\');
    escaped.push_back(byte);
  }
  return escaped;
}

}  // namespace

const std::vector<int>& KombuLayout::DefaultPrioritySteps() {
  static const std::vector<int> kSteps = {0, 3, 6, 9};
  return kSteps;
}

KombuLayout::KombuLayout(std::string key_prefix, std::string separator,
                         std::vector<int> priority_steps)
    : key_prefix_(std::move(key_prefix)),
      separator_(std::move(separator)),
      priority_steps_(std::move(priority_steps)) {
  // One list per step, each counted once, whatever the settings repeat.
  std::sort(priority_steps_.begin(), priority_steps_.end());
  priority_steps_.erase(std::unique(priority_steps_.begin(), priority_steps_.end()),
                        priority_steps_.end());
  if (priority_steps_.empty()) priority_steps_.push_back(0);
}

std::vector<std::string> KombuLayout::ListsOf(std::string_view queue) const {
  std::vector<std::string> lists;
  lists.reserve(priority_steps_.size());
  for (const int step : priority_steps_) {
    std::string list = key_prefix_;
    list.append(queue);
    if (step != 0) list.append(separator_).append(std::to_string(step));
    lists.push_back(std::move(list));
  }
  return lists;
}

std::string KombuLayout::Unacked() const { return key_prefix_ + "unacked"; }

std::string KombuLayout::UnackedIndex() const { return key_prefix_ + "unacked_index"; }

std::string KombuLayout::Binding(std::string_view exchange) const {
  return key_prefix_ + std::string(kBinding) + std::string(exchange);
}

std::string KombuLayout::WorkerEventPattern(std::uint32_t database) const {
  return GlobEscaped(key_prefix_) + "/" + std::to_string(database) + ".celeryev/worker.*";
}

std::optional<std::string> KombuLayout::WorkerOf(std::string_view member) const {
  auto queue = QueueOf(member);
  const std::string suffix = "." + std::string(kControlExchange);
  if (!queue || !queue->ends_with(suffix) || queue->size() == suffix.size()) return std::nullopt;
  queue->resize(queue->size() - suffix.size());
  return queue;
}

std::string KombuLayout::BindingPattern() const {
  return GlobEscaped(key_prefix_) + std::string(kBinding) + "*";
}

std::optional<std::string> KombuLayout::ExchangeOf(std::string_view key) const {
  if (!key.starts_with(key_prefix_)) return std::nullopt;
  key.remove_prefix(key_prefix_.size());
  if (!key.starts_with(kBinding) || key.size() == kBinding.size()) return std::nullopt;
  return std::string(key.substr(kBinding.size()));
}

std::optional<std::string> KombuLayout::QueueOf(std::string_view member) const {
  // Three parts; the queue is the last. Neither of the others may hold the separator.
  for (int part = 0; part < 2; ++part) {
    const std::size_t end = separator_.empty() ? std::string_view::npos : member.find(separator_);
    if (end == std::string_view::npos) return std::nullopt;
    member.remove_prefix(end + separator_.size());
  }
  if (member.empty()) return std::nullopt;
  return std::string(member);
}

bool IsControlName(std::string_view name) {
  return name == "celeryev" || name.starts_with("celeryev.") || name.ends_with("pidbox");
}

}  // namespace airflow_host
