// Which component a process belongs to, told from its command line, its name and its parent.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collectors/component/component.h"

namespace airflow_host {

/// What a process says of itself. Kept instead of the command line, which may hold secrets.
enum class TitleKind : std::uint8_t {
  kUnknown,  ///< Nothing that we know; its parent decides.
  kScheduler,
  kDagProcessor,      ///< `airflow dag-processor`, or a DagFileProcessorManager.
  kDagFileProcessor,  ///< The child that parses one file (Airflow 2).
  kTriggerer,
  kApiServer,
  kApiServerWorker,  ///< A gunicorn worker of the API server.
  kWebserver,
  kWebserverWorker,   ///< A gunicorn worker of the webserver.
  kGunicornMaster,    ///< A gunicorn that does not say whose: serve-logs, the API server, or alien.
  kGunicornWorker,    ///< A worker of such a one.
  kCeleryWorker,      ///< `airflow celery worker`, or Celery's MainProcess.
  kCeleryPoolWorker,  ///< ForkPoolWorker-N.
  kSupervisor,        ///< `airflow supervisor: UUID`, the title that a pool worker keeps.
  kLocalExecutorWorker,
  kLocalExecutorManager,
  kTask,
  kFlower,
  kEdgeWorker,
  kServeLogs,
  kOtherAirflow,
  kPostgres,
  kRedis,
  kKafka,
  kSpark,
  kDocker,
  kDockerHelper,  ///< containerd-shim, docker-proxy: one per container, they come and go.
  kJava,          ///< A Java virtual machine that is none of the above.
  kNamedGroup,    ///< Of a group of neighbours that the user has named.
};

/// What a process is within its component.
enum class Role : std::uint8_t {
  kMain,        ///< The topmost process of the component: another in its place is a restart.
  kPoolWorker,  ///< Waits for tasks in a pool: Celery's children, a LocalExecutor's workers.
  kMember,      ///< Any other.
};

/// Where a process belongs; no component for one that is neither Airflow's nor a known neighbour.
struct Classification {
  std::optional<Component> component;
  Role role = Role::kMember;

  bool operator==(const Classification&) const = default;
};

/// Reads the title of a process. `cmdline`: the bytes of /proc/PID/cmdline (arguments ended by NUL,
/// or one title with padding); `comm`: its name as in /proc/PID/stat. Total; any thread.
TitleKind ReadTitle(std::string_view cmdline, std::string_view comm);

/// True for a neighbour that is told by its program, and for what says nothing of itself: only
/// there do the user's own groups apply.
constexpr bool MayBeNamedGroup(TitleKind title) {
  return title == TitleKind::kUnknown || title >= TitleKind::kPostgres;
}

/// What is known of a process besides its title and its parent.
struct ClassifyHints {
  bool has_api_worker = false;          ///< One of its children is a kApiServerWorker.
  std::optional<Component> group = {};  ///< Of a kNamedGroup: the user's group.
  /// The component that it was found to be a pool worker or another mere member of, earlier.
  std::optional<Component> member_of = {};
};

/// Decides by the title and by what the parent is (nothing known: a default Classification). Pure;
/// any thread.
///
/// LocalExecutor workers count as `scheduler`: they are forks of it, share its memory, live in its
/// container and end with it, so a leak in them is cured by restarting it; what runs inside a task
/// is a process of its own and counts as `task`. What a process of Airflow starts counts as that
/// process's component unless it says otherwise itself; the user's groups do not apply to it.
Classification ClassifyTitle(TitleKind title, const Classification& parent,
                             const ClassifyHints& hints = {});

/// Both steps in one. Pure; any thread.
inline Classification Classify(std::string_view cmdline, std::string_view comm,
                               const Classification& parent) {
  return ClassifyTitle(ReadTitle(cmdline, comm), parent);
}

}  // namespace airflow_host
