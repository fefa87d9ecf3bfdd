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

void KubernetesNames::Fill(std::span<Container> containers) {
  const SteadyTime now = clock_.SteadyNow();
  const bool may_list = !last_listed_ || now - *last_listed_ >= kInterval;
  const bool unknown = std::any_of(containers.begin(), containers.end(), [&](const auto& one) {
    return NeedsNames(one) && !known_.contains(one.id);
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
}

void KubernetesNames::List() {
  last_listed_ = clock_.SteadyNow();
  known_.clear();
  const std::unique_ptr<DIR, CloseStream> stream(::opendir(directory_.c_str()));
  if (!stream) {
    problem_ = SystemError("list", directory_, errno).message +
               "; containers of pods go by their ids. Let the exporter's user read the directory, "
               "or mount it";
    return;
  }
  problem_.clear();
  std::size_t seen = 0;
  while (const dirent* const entry = ::readdir(stream.get())) {
    if (++seen > kMostLogs) break;
    if (auto log = ParseContainerLogName(entry->d_name)) {
      std::string id = log->id;
      known_.insert_or_assign(std::move(id), std::move(*log));
    }
  }
}

}  // namespace airflow_host
