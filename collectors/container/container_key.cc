// Chooses the containers' label values and makes them unique.
#include "collectors/container/container_key.h"

#include <map>
#include <set>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// So that a name with the short id appended is never cut off by the metric writer, which could
/// make two the same again.
constexpr std::size_t kLongestName = 128;

ContainerKey WishedKey(const Container& container) {
  std::string name = container.name;
  if (name.empty()) name = container.component;
  if (name.empty()) name = ShortContainerId(container.id);
  ContainerKey key;
  key.container = ContainerLabel(name);
  // Only what ends up on the page may tell two apart, so the rest stays empty.
  if (!container.pod.empty()) {
    key.pod_namespace = ContainerLabel(container.pod_namespace);
    key.pod = ContainerLabel(container.pod);
  } else if (!container.compose_project.empty()) {
    key.compose_project = ContainerLabel(container.compose_project);
    key.compose_service = ContainerLabel(container.compose_service);
  }
  return key;
}

}  // namespace

std::string ShortContainerId(std::string_view id) {
  constexpr std::size_t kShortId = 12;
  return std::string(id.substr(0, kShortId));
}

std::string ContainerLabel(std::string_view name) { return Printable(name, kLongestName); }

std::vector<ContainerKey> ContainerKeys(std::span<const Container> containers) {
  std::vector<ContainerKey> keys;
  std::map<ContainerKey, int> wishes;
  for (const Container& container : containers) {
    keys.push_back(WishedKey(container));
    ++wishes[keys.back()];
  }
  std::set<ContainerKey> taken;
  for (const auto& [wish, count] : wishes) {
    if (count == 1) taken.insert(wish);
  }
  for (std::size_t at = 0; at < keys.size(); ++at) {
    if (wishes[keys[at]] == 1) continue;
    const std::string base = keys[at].container + "-" + ShortContainerId(containers[at].id);
    keys[at].container = base;
    // A name may have been made to look like another's with its id: count on until it is free.
    for (int more = 2; !taken.insert(keys[at]).second; ++more) {
      keys[at].container = base + "-" + std::to_string(more);
    }
  }
  return keys;
}

}  // namespace airflow_host
