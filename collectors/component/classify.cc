// Decides which component a process belongs to. What the titles look like stands in title.cc; here
// is what parent and title together mean.
//
// A forked child bears its parent's command line until it sets a title, and many never do (the
// parsers of an Airflow 3 dag-processor, the runner of its triggerer, the scheduler's health
// server). So the main process is the topmost of its component, and whatever says nothing of itself
// belongs to its parent's: a multiprocessing helper to its server, a shell to its task.
#include "collectors/component/classify.h"

namespace airflow_host {
namespace {

/// The component that a title alone tells; nothing where the parent must be asked.
std::optional<Component> ComponentOf(TitleKind title) {
  switch (title) {
    case TitleKind::kScheduler:
    case TitleKind::kLocalExecutorWorker:
    case TitleKind::kLocalExecutorManager:
      return Component::kScheduler;
    case TitleKind::kDagProcessor:
    case TitleKind::kDagFileProcessor:
      return Component::kDagProcessor;
    case TitleKind::kTriggerer:
      return Component::kTriggerer;
    case TitleKind::kApiServer:
    case TitleKind::kApiServerWorker:
      return Component::kApiServer;
    case TitleKind::kWebserver:
    case TitleKind::kWebserverWorker:
      return Component::kWebserver;
    case TitleKind::kCeleryWorker:
    case TitleKind::kCeleryPoolWorker:
      return Component::kCeleryWorker;
    case TitleKind::kTask:
      return Component::kTask;
    case TitleKind::kFlower:
      return Component::kFlower;
    case TitleKind::kEdgeWorker:
      return Component::kEdgeWorker;
    case TitleKind::kServeLogs:
      return Component::kServeLogs;
    case TitleKind::kOtherAirflow:
      return Component::kOtherAirflow;
    case TitleKind::kPostgres:
      return Component::kPostgres;
    case TitleKind::kRedis:
      return Component::kRedis;
    case TitleKind::kKafka:
      return Component::kKafka;
    case TitleKind::kSpark:
      return Component::kSpark;
    case TitleKind::kDocker:
    case TitleKind::kDockerHelper:
      return Component::kDocker;
    case TitleKind::kJava:
      return Component::kJava;
    case TitleKind::kUnknown:
    case TitleKind::kGunicornMaster:
    case TitleKind::kGunicornWorker:
    case TitleKind::kSupervisor:
    case TitleKind::kNamedGroup:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Titles that never belong to the process which a component stands and falls with, so that an
/// orphan of a killed parent is not taken for a restart.
bool IsNeverMain(TitleKind title) {
  switch (title) {
    case TitleKind::kDagFileProcessor:
    case TitleKind::kApiServerWorker:
    case TitleKind::kWebserverWorker:
    case TitleKind::kGunicornWorker:
    case TitleKind::kLocalExecutorManager:
    case TitleKind::kDockerHelper:
      return true;
    default:
      return false;
  }
}

Classification Topmost(Component component, const Classification& parent) {
  return {component, parent.component == component ? Role::kMember : Role::kMain};
}

/// A gunicorn that does not say whose it is.
Classification ClassifyGunicorn(TitleKind title, const Classification& parent,
                                bool has_api_worker) {
  if (has_api_worker) return Topmost(Component::kApiServer, parent);
  if (!parent.component || !IsAirflow(*parent.component)) return {};
  switch (*parent.component) {
    case Component::kApiServer:
    case Component::kWebserver:
    case Component::kServeLogs:
    case Component::kTask:
      return {parent.component, Role::kMember};
    default:
      // Workers, triggerers and schedulers fork a process that serves logs by gunicorn (2.3
      // to 3.0).
      return {Component::kServeLogs,
              title == TitleKind::kGunicornMaster ? Role::kMain : Role::kMember};
  }
}

/// A worker of Celery's pool or of a LocalExecutor, and the fork that it makes for a task: until
/// that sets its own title it bears the worker's.
Classification ClassifyPoolWorker(Component component, const Classification& parent) {
  if (parent.role == Role::kPoolWorker) return {Component::kTask, Role::kMain};
  return {component, Role::kPoolWorker};
}

/// `airflow supervisor: UUID`: a pool worker that has run a task keeps the title for good, and a
/// task started outside of any pool bears it too. An orphan of a pool is still what it was.
Classification ClassifySupervisor(const Classification& parent,
                                  std::optional<Component> member_of) {
  const std::optional<Component> pool = parent.component ? parent.component : member_of;
  if (pool == Component::kCeleryWorker || pool == Component::kScheduler) {
    return ClassifyPoolWorker(*pool, parent);
  }
  return Topmost(Component::kTask, parent);
}

}  // namespace

Classification ClassifyTitle(TitleKind title, const Classification& parent,
                             const ClassifyHints& hints) {
  // Whatever a task starts is part of that task's memory: shells, JVMs, even servers.
  if (parent.component == Component::kTask) return {Component::kTask, Role::kMember};
  const bool below_airflow = parent.component && IsAirflow(*parent.component);
  switch (title) {
    case TitleKind::kUnknown:
      if (!below_airflow) return {};
      return {parent.component, Role::kMember};
    case TitleKind::kJava:
      if (below_airflow) return {parent.component, Role::kMember};
      return Topmost(Component::kJava, parent);
    case TitleKind::kNamedGroup:
      if (below_airflow) return {parent.component, Role::kMember};
      return hints.group ? Topmost(*hints.group, parent) : Classification{};
    case TitleKind::kGunicornMaster:
    case TitleKind::kGunicornWorker:
      return ClassifyGunicorn(title, parent, hints.has_api_worker);
    case TitleKind::kSupervisor:
      return ClassifySupervisor(parent, hints.member_of);
    case TitleKind::kCeleryPoolWorker:
      return ClassifyPoolWorker(Component::kCeleryWorker, parent);
    case TitleKind::kLocalExecutorWorker:
      return ClassifyPoolWorker(Component::kScheduler, parent);
    default:
      break;
  }
  const std::optional<Component> component = ComponentOf(title);
  if (!component) return {};
  if (IsNeverMain(title)) return {component, Role::kMember};
  return Topmost(*component, parent);
}

}  // namespace airflow_host
