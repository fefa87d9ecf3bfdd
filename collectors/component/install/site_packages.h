// Finds Airflow among the packages that a Python process can import.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/component/install/contained_root.h"
#include "collectors/component/install/install_facts.h"
#include "collectors/component/install/python_interpreter.h"

namespace airflow_host {

/// What is known of a Python process before its root is searched. Paths as the process sees them.
struct PythonTraces {
  std::optional<PythonVersion> version;  ///< By the name of its program.
  std::vector<std::string> folders;      ///< Folders of packages: mapped ones, those of PYTHONPATH.
  std::vector<std::string> prefixes;     ///< Folders with a "lib": virtual environments and such.
};

/// Adds the versions that the names in site-packages tell to `facts`: of Airflow, of the Celery
/// provider, and, where `traces` has it not, of Python. The folders are searched in the order of
/// `traces`, then those of the official images and of Debian; the first that holds a package
/// counts, as in Python. A package that is there in two versions stays unknown. Looks at no more
/// than some ten thousand names per folder.
void AddPackages(const ContainedRoot& root, const PythonTraces& traces, InstallFacts& facts);

/// The folders to search for packages, each once, in order; at most some hundred. Lists the "lib"
/// of prefixes where the version of Python is not known.
std::vector<std::string> PackageFolders(const ContainedRoot& root, const PythonTraces& traces);

}  // namespace airflow_host
