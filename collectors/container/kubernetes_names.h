// The names of Kubernetes' containers, without asking its API. For every container the kubelet puts
// a link into /var/log/containers whose name says all,
//   airflow-scheduler-5d8f7c9b6d-x2x4q_airflow_scheduler-<64 hex>.log
//   POD_NAMESPACE_CONTAINER-ID.log
// and for every pod a folder into /var/log/pods, with one below it per container, which says all
// but the container's id:
//   airflow_airflow-scheduler-5d8f7c9b6d-x2x4q_3f1c8a52-7d0e-4b19-9c64-2a85e7b1d903/scheduler/0.log
//   NAMESPACE_POD_UID/CONTAINER/RESTARTS.log
// (none of the names may hold an underscore). The sandbox of a pod has no log and is found by the
// pod's folder. /var/lib/kubelet/pods is not used: it tells neither a pod's name nor its namespace.
// https://kubernetes.io/docs/concepts/cluster-administration/logging/
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// What the name of a folder in /var/log/pods tells, and what it holds.
struct PodLogs {
  std::string pod_namespace;
  std::string pod;
  std::string uid;
  std::vector<std::string> containers;  ///< Those of its containers that ever ran.
};

/// Takes the name of a folder in /var/log/pods apart; nothing where it is not such a name. Pure and
/// total; any thread.
std::optional<PodLogs> ParsePodLogsName(std::string_view folder_name);

/// Takes the name of a file in /var/log/containers apart; nothing where it is not such a name. Pure
/// and total; any thread.
std::optional<ContainerLog> ParseContainerLogName(std::string_view file_name);

/// Remembers what the directories said. Used by one thread.
class KubernetesNames {
 public:
  /// The directories are listed at most this often, and only while a pod has a container without
  /// names: a new one, whose log appears a little later than its cgroup.
  static constexpr std::chrono::seconds kInterval{10};

  /// `rootfs`: put before "/var/log".
  KubernetesNames(const std::string& rootfs, const Clock& clock)
      : logs_(rootfs + "/var/log/containers"), pods_(rootfs + "/var/log/pods"), clock_(clock) {}

  /// Fills in pod, namespace and name of those of `containers` that belong to a pod and have none.
  /// A container without a link gets its name where the pod leaves only one for it.
  void Fill(std::span<Container> containers);

  /// Why there are no names; empty while all is well.
  const std::string& problem() const { return problem_; }

 private:
  void List();
  void ListPods();
  void FillByPod(std::span<Container> containers) const;

  std::string logs_;
  std::string pods_;
  const Clock& clock_;
  std::map<std::string, ContainerLog> known_;               ///< By the container's id.
  std::map<std::string, PodLogs, std::less<>> known_pods_;  ///< By the pod's UID.
  std::optional<SteadyTime> last_listed_;
  std::string problem_;
};

}  // namespace airflow_host
