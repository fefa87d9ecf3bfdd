// Reads the files of processes under /proc. Reading only: what the bytes mean is decided elsewhere.
#pragma once

#include <dirent.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"
#include "collectors/support/file_reader.h"

namespace airflow_host {

/// Reads /proc/PID. Keeps its buffers and the descriptor of the directory, so that a walk allocates
/// nothing once they have grown. Used by one thread.
class ProcessReader {
 public:
  /// `procfs`: where /proc is mounted, without a trailing slash.
  explicit ProcessReader(std::string procfs);

  /// Replaces `pids` by the processes that there are now, in ascending order. Errors: those of
  /// opendir(3) and readdir(3).
  Expected<void> List(std::vector<int>& pids);

  /// The content of PROCFS/PID/NAME; the view holds until the next Read. kAbsent where the process
  /// has gone (ENOENT, ESRCH), kDenied where it is hidden from us.
  Expected<std::string_view> Read(int pid, std::string_view name);

  /// The content of PROCFS/stat; the view holds until the next call.
  Expected<std::string_view> ReadHostStat() { return host_stat_.Read(); }

 private:
  struct Close {
    void operator()(DIR* directory) const { ::closedir(directory); }
  };

  std::string procfs_;
  std::unique_ptr<DIR, Close> directory_;
  KeptFile host_stat_;
  std::string path_;
  std::string buffer_;
};

}  // namespace airflow_host
