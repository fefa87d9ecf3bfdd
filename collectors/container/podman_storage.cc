// Reads podman's list of containers, whichever way it stores them.
#include "collectors/container/podman_storage.h"

#include <algorithm>
#include <array>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "collectors/support/file_reader.h"

namespace airflow_host {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostEntries = 10'000;
constexpr std::size_t kLongestText = 256;
/// The array, an entry, its names.
constexpr int kDeepest = 3;
/// The list is kept by the storage's driver.
constexpr std::array<std::string_view, 3> kDrivers = {"overlay", "vfs", "btrfs"};

bool Keep(int depth, Json::parse_event_t event, Json& parsed) {
  switch (event) {
    case Json::parse_event_t::key: {
      const auto* const key = parsed.get_ptr<const std::string*>();
      return key != nullptr && (*key == "id" || *key == "names");
    }
    case Json::parse_event_t::object_start:
    case Json::parse_event_t::array_start:
      return depth < kDeepest;
    default:
      return true;
  }
}

/// The text at `object[key]`, or at its first element.
std::string TextOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  const Json& value = found->is_array() && !found->empty() ? found->front() : *found;
  const auto* const text = value.get_ptr<const std::string*>();
  return text != nullptr ? text->substr(0, kLongestText) : std::string();
}

std::optional<std::map<std::string, std::string>> Parse(std::string_view text) {
  const Json list = Json::parse(text.begin(), text.end(), Keep, /*allow_exceptions=*/false);
  if (!list.is_array()) return std::nullopt;
  std::map<std::string, std::string> names;
  for (const Json& entry : list) {
    if (names.size() >= kMostEntries) break;
    if (!entry.is_object()) continue;
    std::string id = TextOf(entry, "id");
    std::string name = TextOf(entry, "names");
    if (!id.empty() && !name.empty()) names.insert_or_assign(std::move(id), std::move(name));
  }
  return names;
}

}  // namespace

std::optional<std::map<std::string, std::string>> ParseStorageNames(std::string_view text) {
  try {
    return Parse(text);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void PodmanStorage::Fill(std::span<Container> containers) {
  const auto needs_name = [](const Container& container) {
    return container.runtime == ContainerRuntime::kPodman && container.name.empty();
  };
  const bool unknown = std::any_of(containers.begin(), containers.end(), [&](const Container& one) {
    return needs_name(one) && !known_.contains(one.id);
  });
  if (unknown && (!last_read_ || clock_.SteadyNow() - *last_read_ >= kInterval)) Read();
  for (Container& container : containers) {
    if (!needs_name(container)) continue;
    if (const auto known = known_.find(container.id); known != known_.end()) {
      container.name = known->second;
    }
  }
}

void PodmanStorage::Read() {
  last_read_ = clock_.SteadyNow();
  std::string buffer;
  for (const std::string_view driver : kDrivers) {
    const std::string path = directory_ + "/" + std::string(driver) + "-containers/containers.json";
    const auto text = ReadFile(path, buffer);
    auto names = text ? ParseStorageNames(*text) : std::nullopt;
    if (!names) continue;
    known_ = std::move(*names);
    return;
  }
}

}  // namespace airflow_host
