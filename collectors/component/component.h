// The names of the components: the values of the label "component".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace airflow_host {

/// What a process belongs to: a component of Airflow, or a neighbour that shares the host with it.
/// The neighbours come after kOtherAirflow.
enum class Component : std::uint8_t {
  kScheduler,     ///< `airflow scheduler`, and the workers of a LocalExecutor (see ClassifyTitle).
  kDagProcessor,  ///< DAG parsing: `airflow dag-processor`, DagFileProcessorManager, its children.
  kTriggerer,     ///< `airflow triggerer`.
  kApiServer,     ///< `airflow api-server` (Airflow 3).
  kWebserver,     ///< `airflow webserver` (Airflow 2).
  kCeleryWorker,  ///< A Celery worker's main process and its pool; not what its tasks run.
  kTask,          ///< Task supervisors and runners, and everything that a task has started.
  kFlower,        ///< `airflow celery flower`.
  kEdgeWorker,    ///< `airflow edge worker`.
  kServeLogs,     ///< `airflow serve-logs`: a child of workers, triggerers and LocalExecutors.
  kOtherAirflow,  ///< Any other Airflow command: kerberos, standalone, health checks, the CLI.
  kPostgres,
  kRedis,
  kKafka,
  kSpark,
  kDocker,  ///< The Docker engine, containerd and their helpers; not what runs in containers.
  kJava,    ///< A Java virtual machine that is none of the others.
};

/// The components that have a name of their own.
inline constexpr std::size_t kComponentCount = 17;

/// The user may name as many groups of neighbours more; they come after the others.
inline constexpr std::size_t kMostNeighbourGroups = 16;

/// Every component, the user's groups included, is at an index less than this.
inline constexpr std::size_t kComponentLimit = kComponentCount + kMostNeighbourGroups;

/// Where `component` stands in an array with one element per component.
constexpr std::size_t IndexOf(Component component) { return static_cast<std::size_t>(component); }

/// The component at `index`, which is less than kComponentLimit.
constexpr Component ComponentAt(std::size_t index) { return static_cast<Component>(index); }

/// The user's group at `index` of the settings' list, which is less than kMostNeighbourGroups.
constexpr Component NeighbourAt(std::size_t index) { return ComponentAt(kComponentCount + index); }

/// The label value: "scheduler", "other_airflow", "postgres". One of the user's groups is just
/// "neighbour": ComponentObservation::NameOf knows its name. Static storage; any thread.
std::string_view ComponentName(Component component);

/// True for Airflow's own, false for a neighbour.
constexpr bool IsAirflow(Component component) { return component <= Component::kOtherAirflow; }

/// True where a main process is meant to stay, so that another in its place is a restart. Tasks and
/// commands come and go by design, so do containers' helpers and Spark's drivers; of any other Java
/// program and of the user's own groups nobody knows.
constexpr bool StaysRunning(Component component) {
  switch (component) {
    case Component::kTask:
    case Component::kOtherAirflow:
    case Component::kSpark:
    case Component::kDocker:
    case Component::kJava:
      return false;
    default:
      return IndexOf(component) < kComponentCount;
  }
}

}  // namespace airflow_host
