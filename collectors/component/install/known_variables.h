// The environment that a process of Airflow was started with.
#pragma once

#include <optional>
#include <string>

#include "collectors/component/install/process_folder.h"
#include "collectors/support/environment.h"

namespace airflow_host {

/// The environment of a process, cut down to WantedVariables.
struct KnownVariables {
  Environment variables;
  /// It is the process's own; otherwise that of the process that started it, in which the lack of a
  /// variable proves nothing.
  bool own = false;
};

/// What was read, and whether the right was missing to read its own.
struct FoundVariables {
  std::optional<KnownVariables> known;
  bool denied = false;
};

/// The environment of `process`, whose parent is `parent`: its own, or else what is `known` of its
/// own from an earlier look (setting a title overwrites it), or else that of the nearest parent
/// that has one, as long as that has the same root and control group: beyond them begins another
/// service, or the container's runtime. Any thread.
FoundVariables FindVariables(const std::string& procfs, const ProcessFolder& process, int parent,
                             const std::optional<KnownVariables>& known);

}  // namespace airflow_host
