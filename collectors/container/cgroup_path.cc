// Recognises containers by the names of their cgroups; see the header for samples.
#include "collectors/container/cgroup_path.h"

#include <algorithm>
#include <array>

namespace airflow_host {
namespace {

constexpr std::size_t kIdLength = 64;
constexpr std::size_t kUidLength = 36;

/// What stands before the id in a cgroup's name. Monitors (crio-conmon-, libpod-conmon-) do not
/// match, because what follows these prefixes must be the id itself.
struct Prefix {
  std::string_view text;
  ContainerRuntime runtime;
};
constexpr std::array kPrefixes = {
    Prefix{"docker-", ContainerRuntime::kDocker},
    Prefix{"cri-containerd-", ContainerRuntime::kContainerd},
    Prefix{"nerdctl-", ContainerRuntime::kContainerd},
    Prefix{"crio-", ContainerRuntime::kCrio},
    Prefix{"libpod-payload-", ContainerRuntime::kPodman},
    Prefix{"libpod-", ContainerRuntime::kPodman},
};

bool IsLowerHex(char digit) {
  return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
}

struct NamedId {
  std::string_view id;
  std::optional<ContainerRuntime> runtime;
};

/// "docker-<id>.scope", "crio-<id>", "<id>".
std::optional<NamedId> ParseName(std::string_view name) {
  constexpr std::string_view kScope = ".scope";
  if (name.ends_with(kScope)) name.remove_suffix(kScope.size());
  if (IsContainerId(name)) return NamedId{name, std::nullopt};
  for (const Prefix& prefix : kPrefixes) {
    if (!name.starts_with(prefix.text)) continue;
    const std::string_view rest = name.substr(prefix.text.size());
    if (IsContainerId(rest)) return NamedId{rest, prefix.runtime};
  }
  return std::nullopt;
}

/// "SLICE:PREFIX:<id>": a runtime of the cgroupfs driver was handed a path meant for systemd's, and
/// takes it for a plain directory name.
std::optional<NamedId> ParseColonName(std::string_view name) {
  const std::size_t last = name.rfind(':');
  if (last == std::string_view::npos || !IsContainerId(name.substr(last + 1))) return std::nullopt;
  const std::size_t middle = name.rfind(':', last - 1);
  if (last == 0 || middle == std::string_view::npos) return std::nullopt;
  const std::string_view word = name.substr(middle + 1, last - middle - 1);
  for (const Prefix& prefix : kPrefixes) {
    if (prefix.text.substr(0, prefix.text.size() - 1) == word) {
      return NamedId{name.substr(last + 1), prefix.runtime};
    }
  }
  return std::nullopt;
}

/// The pod's UID in "/kubepods/burstable/pod<uid>/..." or "kubepods-burstable-pod<u_i_d>.slice";
/// empty outside Kubernetes. The UIDs of static pods are 32 digits without dashes.
std::string PodUid(std::string_view path) {
  const std::size_t root = path.find("kubepods");
  if (root == std::string_view::npos) return {};
  for (std::size_t at = path.find("pod", root + 8); at != std::string_view::npos;
       at = path.find("pod", at + 3)) {
    const std::string_view rest = path.substr(at + 3);
    const auto end = std::find_if_not(rest.begin(), rest.end(), [](char letter) {
      return IsLowerHex(letter) || letter == '-' || letter == '_';
    });
    std::string uid(rest.begin(), end);
    if (uid.size() < 32 || uid.size() > kUidLength) continue;
    std::replace(uid.begin(), uid.end(), '_', '-');
    return uid;
  }
  return {};
}

/// containerd puts what is started by hand into "/NAMESPACE/<id>".
bool IsNamespaceOfContainerd(std::string_view parent) {
  return parent == "/default" || parent == "/k8s.io";
}

constexpr std::string_view kService = ".service";

/// "user@1000.service": the systemd of one user, below which are that user's own units.
bool IsUserManager(std::string_view name) {
  return name.starts_with("user@") && name.ends_with(kService);
}

/// The service at `path`, if all above it is slices and at most one user's manager.
std::optional<ContainerIdentity> IdentifyService(std::string_view path) {
  const std::size_t last = path.rfind('/');
  const std::string_view unit = path.substr(last + 1);
  if (!unit.ends_with(kService) || unit == kService || IsUserManager(unit)) return std::nullopt;
  std::string name;
  std::string_view above = path.substr(0, last);
  while (!above.empty()) {
    if (above.front() != '/') return std::nullopt;
    above.remove_prefix(1);
    const std::string_view step = above.substr(0, above.find('/'));
    above.remove_prefix(step.size());
    if (name.empty() && IsUserManager(step)) {
      name = std::string(step) + "/";
    } else if (!step.ends_with(".slice")) {
      return std::nullopt;
    }
  }
  return ContainerIdentity{std::string(unit), ContainerRuntime::kSystemd, {}, name.append(unit)};
}

}  // namespace

bool IsContainerId(std::string_view text) {
  return text.size() == kIdLength && std::all_of(text.begin(), text.end(), IsLowerHex);
}

std::optional<ContainerIdentity> IdentifyContainer(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view name = path.substr(slash + 1);
  std::optional<NamedId> found = ParseName(name);
  if (!found) found = ParseColonName(name);
  if (!found) return IdentifyService(path);
  // A bare id says nothing of who made it: below Kubernetes it is containerd's (the only runtime
  // there that names its cgroups so since dockershim went), as it is below containerd's own
  // namespaces, anywhere else Docker's.
  const bool containerd = path.find("kubepods") != std::string_view::npos ||
                          IsNamespaceOfContainerd(path.substr(0, slash));
  const ContainerRuntime bare =
      containerd ? ContainerRuntime::kContainerd : ContainerRuntime::kDocker;
  return ContainerIdentity{std::string(found->id), found->runtime.value_or(bare), PodUid(path), {}};
}

}  // namespace airflow_host
