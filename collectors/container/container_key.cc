// Chooses the containers' label values and makes them unique.
#include "collectors/container/container_key.h"

#include <map>
#include <set>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kShortId = 12;
/// So that a name with the short id appended is never cut off by the metric writer, which could
/// make two the same again.
constexpr std::size_t kLongestName = 128;

std::string ShortId(const Container& container) { return container.id.substr(0, kShortId); }

ContainerKey WishedKey(const Container& container) {
  std::string name = container.name;
  if (name.empty()) name = container.component;
  if (name.empty()) name = ShortId(container);
  ContainerKey key;
  key.container = Printable(name, kLongestName);
  // Only what ends up on the page may tell two apart, so the rest stays empty.
  if (!container.pod.empty()) {
    key.pod_namespace = Printable(container.pod_namespace, kLongestName);
    key.pod = Printable(container.pod, kLongestName);
  } else if (!container.compose_project.empty()) {
    key.compose_project = Printable(container.compose_project, kLongestName);
    key.compose_service = Printable(container.compose_service, kLongestName);
  }
  return key;
}

}  // namespace

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
    const std::string base = keys[at].container + "-" + ShortId(containers[at]);
    keys[at].container = base;
    // A name may have been made to look like another's with its id: count on until it is free.
    for (int more = 2; !taken.insert(keys[at]).second; ++more) {
      keys[at].container = base + "-" + std::to_string(more);
    }
  }
  return keys;
}

}  // namespace airflow_host
