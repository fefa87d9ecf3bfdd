// Parses the engine's list of containers. It is large (ports, mounts, networks, labels), so a
// filter drops what is not wanted while it is being parsed.
#include <algorithm>
#include <array>
#include <exception>
#include <nlohmann/json.hpp>

#include "collectors/container/engine_response.h"

namespace airflow_host {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostEntries = 2000;
constexpr std::size_t kLongestText = 256;
/// The array, an entry, its Names or Labels.
constexpr int kDeepest = 3;

constexpr std::string_view kProject = "com.docker.compose.project";
constexpr std::string_view kService = "com.docker.compose.service";
constexpr std::string_view kNamespace = "io.kubernetes.pod.namespace";
constexpr std::string_view kPod = "io.kubernetes.pod.name";
constexpr std::string_view kPodContainer = "io.kubernetes.container.name";
constexpr std::array<std::string_view, 8> kWantedKeys = {
    "Id", "Names", "Labels", kProject, kService, kNamespace, kPod, kPodContainer};

bool Keep(int depth, Json::parse_event_t event, Json& parsed) {
  switch (event) {
    case Json::parse_event_t::key: {
      const auto* const key = parsed.get_ptr<const std::string*>();
      return key != nullptr &&
             std::find(kWantedKeys.begin(), kWantedKeys.end(), *key) != kWantedKeys.end();
    }
    case Json::parse_event_t::object_start:
    case Json::parse_event_t::array_start:
      return depth < kDeepest;
    default:
      return true;
  }
}

std::string TextOf(const Json& object, std::string_view key) {
  if (!object.is_object()) return {};
  const auto found = object.find(std::string(key));
  if (found == object.end()) return {};
  const auto* const text = found->get_ptr<const std::string*>();
  return text != nullptr ? text->substr(0, kLongestText) : std::string();
}

/// The container's own name among those that link to it: "/a" is its own, "/b/a" is a link.
std::string NameOf(const Json& entry) {
  const auto names = entry.find("Names");
  if (names == entry.end() || !names->is_array()) return {};
  for (const Json& name : *names) {
    const auto* const text = name.get_ptr<const std::string*>();
    if (text == nullptr) continue;
    const std::string_view bare = std::string_view(*text).substr(text->starts_with('/') ? 1 : 0);
    if (bare.empty() || bare.find('/') != std::string_view::npos) continue;
    return std::string(bare.substr(0, kLongestText));
  }
  return {};
}

EngineContainer FromEntry(const Json& entry) {
  EngineContainer container;
  container.id = TextOf(entry, "Id");
  container.name = NameOf(entry);
  if (const auto labels = entry.find("Labels"); labels != entry.end()) {
    container.compose_project = TextOf(*labels, kProject);
    container.compose_service = TextOf(*labels, kService);
    container.pod_namespace = TextOf(*labels, kNamespace);
    container.pod = TextOf(*labels, kPod);
    container.pod_container = TextOf(*labels, kPodContainer);
  }
  return container;
}

Expected<std::vector<EngineContainer>> Parse(std::string_view body) {
  const Json list = Json::parse(body.begin(), body.end(), Keep, /*allow_exceptions=*/false);
  if (!list.is_array()) {
    return Fail(ErrorKind::kMalformed, "the answer is not a JSON list of containers");
  }
  std::vector<EngineContainer> containers;
  for (const Json& entry : list) {
    if (containers.size() >= kMostEntries) break;
    if (!entry.is_object()) continue;
    EngineContainer container = FromEntry(entry);
    if (!container.id.empty()) containers.push_back(std::move(container));
  }
  return containers;
}

}  // namespace

Expected<std::vector<EngineContainer>> ParseEngineContainers(std::string_view body) {
  try {
    return Parse(body);
  } catch (const std::exception& failure) {
    return Fail(ErrorKind::kMalformed, "the list of containers cannot be parsed: " +
                                           std::string(failure.what()).substr(0, kLongestText));
  }
}

}  // namespace airflow_host
