// The folder /proc/PID of one process, for those of its files that say what it runs from.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/error.h"
#include "collectors/support/process_stat.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// Which folder is the root of a process, and in which control groups it is: the same for processes
/// of one container.
struct ProcessSurroundings {
  dev_t device = 0;
  ino_t inode = 0;
  std::string cgroups;  ///< /proc/PID/cgroup as a whole.

  bool operator==(const ProcessSurroundings&) const = default;
};

/// The folder, held open: once its process has gone it is empty, and no other process takes its
/// place in it. Used by one thread.
class ProcessFolder {
 public:
  /// `procfs`: where /proc is mounted, without a trailing slash. Where the process is not there,
  /// every reading is kAbsent.
  ProcessFolder(const std::string& procfs, int pid);

  /// Reads `file` as ReadFileAt does. Everybody may read `stat`, `status`, `cmdline`, `cgroup` and
  /// `mountinfo`; `maps` and `environ` are kDenied without the right.
  Expected<std::string_view> Read(const char* file, std::string& buffer, std::size_t limit) const;

  /// The parsed `stat`; its `comm` is a view of `buffer`.
  Expected<ProcessStat> Stat(std::string& buffer) const;

  /// Its root folder (O_PATH). kDenied without its user or CAP_SYS_PTRACE.
  Expected<UniqueDescriptor> OpenRoot() const;

  /// Where its `exe` leads, as it sees it; empty where that may not be read. What is said of a
  /// program that was replaced (" (deleted)") is left out.
  std::string Program() const;

  /// Nothing where its root may not be looked at.
  std::optional<ProcessSurroundings> Surroundings() const;

 private:
  std::string name_;
  UniqueDescriptor folder_;
};

}  // namespace airflow_host
