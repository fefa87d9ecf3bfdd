// Decides when the engine is asked, and joins its answer with the containers by id.
#include "collectors/container/engine_names.h"

#include <algorithm>

#include "collectors/container/engine_client.h"

namespace airflow_host {
namespace {

void Apply(const EngineContainer& known, Container& container) {
  container.name = known.pod_container.empty() ? known.name : known.pod_container;
  container.compose_project = known.compose_project;
  container.compose_service = known.compose_service;
  container.pod_namespace = known.pod_namespace;
  container.pod = known.pod;
}

/// What to do about it, for the page.
std::string Advice(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kDenied:
      return "; containers go by their ids. Let the exporter's user read and write the socket "
             "(group docker), or give a proxy of it that allows GET /containers/json";
    case ErrorKind::kAbsent:
      return "; containers go by their ids. Start the engine, mount its socket, or name another "
             "one";
    default:
      return "; containers that are not known yet go by their ids";
  }
}

}  // namespace

void EngineNames::Fill(std::span<Container> containers, Deadline deadline) {
  if (socket_.empty()) return;
  if (TimeToAsk(containers)) Ask(containers, deadline);
  for (Container& container : containers) {
    if (!IsOfEngine(container)) continue;
    if (const auto known = known_.find(container.id); known != known_.end()) {
      Apply(known->second, container);
    }
  }
}

bool EngineNames::IsOfEngine(const Container& container) const {
  return std::find(runtimes_.begin(), runtimes_.end(), container.runtime) != runtimes_.end();
}

bool EngineNames::TimeToAsk(std::span<const Container> containers) const {
  const bool any = std::any_of(containers.begin(), containers.end(),
                               [&](const Container& one) { return IsOfEngine(one); });
  if (!any) return false;
  if (!last_asked_) return true;
  if (clock_.SteadyNow() - *last_asked_ >= interval_) return true;
  if (!problem_.empty()) return false;
  return std::any_of(containers.begin(), containers.end(), [&](const Container& container) {
    return IsOfEngine(container) && !asked_.contains(container.id);
  });
}

void EngineNames::Ask(std::span<const Container> containers, Deadline deadline) {
  const SteadyTime now = clock_.SteadyNow();
  last_asked_ = now;
  asked_.clear();
  for (const Container& container : containers) asked_.insert(container.id);
  auto answer = AskEngine(socket_, clock_, Deadline{std::min(deadline.at, now + kTimeLimit)});
  if (!answer) return NoteFailure(answer.error());
  problem_.clear();
  interval_ = kInterval;
  known_.clear();
  for (EngineContainer& container : *answer) {
    std::string id = container.id;
    known_.insert_or_assign(std::move(id), std::move(container));
  }
}

void EngineNames::NoteFailure(const Error& error) {
  if (!problem_.empty()) interval_ = std::min(interval_ * 2, kLongestInterval);
  problem_ = error.message + Advice(error.kind);
}

}  // namespace airflow_host
