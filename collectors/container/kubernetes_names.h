// The names of Kubernetes' containers, without asking its API: for every container the kubelet puts
// a link into /var/log/containers whose name says all,
//   airflow-scheduler-5d8f7c9b6d-x2x4q_airflow_scheduler-<64 hex>.log
//   POD_NAMESPACE_CONTAINER-ID.log
// (none of the names may hold an underscore). A pod's sandbox has no log, so it stays without a
// name. https://kubernetes.io/docs/concepts/cluster-administration/logging/
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/container/container_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// What the name of one log tells.
struct ContainerLog {
  std::string pod;
  std::string pod_namespace;
  std::string container;
  std::string id;
};

/// Takes the name of a file in /var/log/containers apart; nothing where it is not such a name. Pure
/// and total; any thread.
std::optional<ContainerLog> ParseContainerLogName(std::string_view file_name);

/// Remembers what the directory said. Used by one thread.
class KubernetesNames {
 public:
  /// The directory is listed at most this often, and only while a pod has a container without
  /// names: a new one, whose log appears a little later than its cgroup, or the sandbox.
  static constexpr std::chrono::seconds kInterval{10};

  /// `rootfs`: put before "/var/log/containers".
  KubernetesNames(const std::string& rootfs, const Clock& clock)
      : directory_(rootfs + "/var/log/containers"), clock_(clock) {}

  /// Fills in pod, namespace and name of those of `containers` that belong to a pod and have none.
  void Fill(std::span<Container> containers);

  /// Why there are no names; empty while all is well.
  const std::string& problem() const { return problem_; }

 private:
  void List();

  std::string directory_;
  const Clock& clock_;
  std::map<std::string, ContainerLog> known_;
  std::optional<SteadyTime> last_listed_;
  std::string problem_;
};

}  // namespace airflow_host
