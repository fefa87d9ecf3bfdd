// Which cgroups are containers. The engines' own naming of cgroups is the only thing that all of
// them share and that needs no right to read:
//   /docker/<64 hex>                                            Docker, cgroupfs driver
//   /system.slice/docker-<64 hex>.scope                         Docker, systemd driver
//   /kubepods/burstable/pod<uid>/<64 hex>                       Kubernetes, cgroupfs driver
//   /kubepods.slice/.../kubepods-burstable-pod<uid>.slice/cri-containerd-<64 hex>.scope
//   /.../kubepods-burstable-pod<uid>.slice:cri-containerd:<64 hex>   containerd told the wrong
//                                                               driver
//   /kubepods.slice/.../crio-<64 hex>.scope                     CRI-O
//   /machine.slice/libpod-<64 hex>.scope, /libpod_parent/libpod-<64 hex>   podman
//   /default/<64 hex>                                           containerd by hand, nerdctl
//   /system.slice/airflow-scheduler.service                     a systemd service: no container,
//   but /user.slice/user-1000.slice/user@1000.service/app.slice/x.service   told apart as one is
// LXC is left out on purpose: its containers are hosts, and the Docker ones inside are what counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collectors/container/container_observation.h"

namespace airflow_host {

/// What a cgroup's path tells of its container.
struct ContainerIdentity {
  /// 64 hexadecimal digits, or the unit's name ("airflow-scheduler.service").
  std::string id;
  ContainerRuntime runtime = ContainerRuntime::kDocker;
  /// With dashes, as the API writes it; empty outside Kubernetes.
  std::string pod_uid;
  /// Of a systemd service: the unit's name, after the manager it belongs to if that is a user's
  /// ("user@1000.service/airflow.service"); empty for containers.
  std::string name;
};

/// True for 64 lower-case hexadecimal digits, which all of these engines take for ids. Any thread.
bool IsContainerId(std::string_view text);

/// The container whose own cgroup is `path` (below the hierarchy's root, beginning with a slash);
/// nothing for any other cgroup, such as one below a container's, or a service of another
/// system than the host's (in LXC). Pure and total; any thread.
std::optional<ContainerIdentity> IdentifyContainer(std::string_view path);

}  // namespace airflow_host
