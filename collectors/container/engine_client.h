// Asks a container engine (Docker, or podman's service of the same protocol) for the names of its
// containers, by one GET on its unix socket. Nothing else is ever sent: the socket's right is
// root's.
#pragma once

#include <string>
#include <vector>

#include "collectors/container/engine_response.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// The running containers as the engine at the unix socket `path` lists them; returns before
/// `deadline`, however the engine behaves, and reads at most 4 MiB. Errors: kAbsent (no such
/// socket, or nobody listens), kDenied (no right to write to the socket, or a proxy answers 401 or
/// 403), kTimedOut, kMalformed, kFailed. Any thread.
Expected<std::vector<EngineContainer>> AskEngine(const std::string& path, const Clock& clock,
                                                 Deadline deadline);

}  // namespace airflow_host
