// Lists the kubelet's links to the containers' logs.
#include "collectors/container/kubernetes_names.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "collectors/container/cgroup_path.h"
#include "collectors/support/error.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostLogs = 10'000;
constexpr std::size_t kIdLength = 64;

struct CloseStream {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

bool NeedsNames(const Container& container) {
  return !container.pod_uid.empty() && container.pod.empty();
}

/// Hands the name of each entry of `directory` to `visit`; 0, or the errno why it cannot be listed.
template <typename Visit>
int ForEachEntry(const std::string& directory, Visit visit) {
  const std::unique_ptr<DIR, CloseStream> stream(::opendir(directory.c_str()));
  if (!stream) return errno;
  std::size_t seen = 0;
  while (const dirent* const entry = ::readdir(stream.get())) {
    if (++seen > kMostLogs) break;
    if (entry->d_name[0] != '.') visit(entry->d_name);
  }
  return 0;
}

/// The name of the only container of `pod` that has no name among `containers`, if the pod's folder
/// holds just one name that none of them bears.
std::optional<std::string> OnlyNameLeft(const PodLogs& pod, std::span<const Container> containers) {
  std::vector<std::string> left = pod.containers;
  std::size_t nameless = 0;
  for (const Container& container : containers) {
    if (container.pod_uid != pod.uid) continue;
    if (container.name.empty()) ++nameless;
    std::erase(left, container.name);
  }
  if (nameless != 1 || left.size() != 1) return std::nullopt;
  return std::move(left.front());
}

}  // namespace

std::optional<ContainerLog> ParseContainerLogName(std::string_view file_name) {
  constexpr std::string_view kEnding = ".log";
  if (!file_name.ends_with(kEnding)) return std::nullopt;
  file_name.remove_suffix(kEnding.size());
  const std::size_t first = file_name.find('_');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  const std::size_t second = file_name.find('_', first + 1);
  if (second == std::string_view::npos || second == first + 1) return std::nullopt;
  const std::string_view rest = file_name.substr(second + 1);
  if (rest.size() < kIdLength + 2) return std::nullopt;
  const std::size_t dash = rest.size() - kIdLength - 1;
  if (rest[dash] != '-' || !IsContainerId(rest.substr(dash + 1))) return std::nullopt;
  return ContainerLog{std::string(file_name.substr(0, first)),
                      std::string(file_name.substr(first + 1, second - first - 1)),
                      std::string(rest.substr(0, dash)), std::string(rest.substr(dash + 1))};
}

std::optional<PodLogs> ParsePodLogsName(std::string_view folder_name) {
  const std::size_t first = folder_name.find('_');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  const std::size_t second = folder_name.find('_', first + 1);
  if (second == std::string_view::npos || second == first + 1) return std::nullopt;
  const std::string_view uid = folder_name.substr(second + 1);
  if (uid.empty() || uid.find('_') != std::string_view::npos) return std::nullopt;
  return PodLogs{std::string(folder_name.substr(0, first)),
                 std::string(folder_name.substr(first + 1, second - first - 1)),
                 std::string(uid),
                 {}};
}

void KubernetesNames::Fill(std::span<Container> containers) {
  const SteadyTime now = clock_.SteadyNow();
  const bool may_list = !last_listed_ || now - *last_listed_ >= kInterval;
  const bool unknown = std::any_of(containers.begin(), containers.end(), [&](const auto& one) {
    return NeedsNames(one) && !known_.contains(one.id) &&
           !(one.name == kSandboxName && known_pods_.contains(one.pod_uid));
  });
  if (unknown && may_list) List();
  for (Container& container : containers) {
    if (!NeedsNames(container)) continue;
    const auto known = known_.find(container.id);
    if (known == known_.end()) continue;
    container.name = known->second.container;
    container.pod = known->second.pod;
    container.pod_namespace = known->second.pod_namespace;
  }
  FillByPod(containers);
}

void KubernetesNames::FillByPod(std::span<Container> containers) const {
  for (Container& container : containers) {
    if (!NeedsNames(container)) continue;
    const auto known = known_pods_.find(container.pod_uid);
    if (known == known_pods_.end()) continue;
    container.pod = known->second.pod;
    container.pod_namespace = known->second.pod_namespace;
    if (!container.name.empty()) continue;
    if (auto name = OnlyNameLeft(known->second, containers)) container.name = std::move(*name);
  }
}

void KubernetesNames::List() {
  last_listed_ = clock_.SteadyNow();
  known_.clear();
  const int failure = ForEachEntry(logs_, [&](const char* name) {
    if (auto log = ParseContainerLogName(name)) {
      std::string id = log->id;
      known_.insert_or_assign(std::move(id), std::move(*log));
    }
  });
  ListPods();
  problem_.clear();
  if (failure != 0 && known_pods_.empty()) {
    problem_ = SystemError("list", logs_, failure).message +
               "; containers of pods go by their ids. Let the exporter's user read the directory, "
               "or mount it";
  }
}

void KubernetesNames::ListPods() {
  known_pods_.clear();
  ForEachEntry(pods_, [&](const char* name) {
    auto pod = ParsePodLogsName(name);
    if (!pod) return;
    ForEachEntry(pods_ + "/" + name,
                 [&](const char* container) { pod->containers.emplace_back(container); });
    std::string uid = pod->uid;
    known_pods_.insert_or_assign(std::move(uid), std::move(*pod));
  });
}

}  // namespace airflow_host
