// Reads the files of processes under /proc. Reading only: what the bytes mean is decided elsewhere.
#pragma once

#include <dirent.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"
#include "collectors/support/file_reader.h"

namespace airflow_host {

/// Reads /proc/PID. Keeps its buffer and the descriptor of the directory, from which each file is
/// opened by its short path, so that a walk allocates nothing once they have grown, and a file
/// costs three system calls. Used by one thread.
class ProcessReader {
 public:
  /// `procfs`: where /proc is mounted, without a trailing slash.
  explicit ProcessReader(std::string procfs);

  /// Replaces `pids` by the processes that there are now, in ascending order. Errors: those of
  /// opendir(3) and readdir(3).
  Expected<void> List(std::vector<int>& pids);

  /// The content of PROCFS/PID/NAME; the view holds until the next Read. kAbsent where the process
  /// has gone (ENOENT, ESRCH), kDenied where it is hidden from us. No sentence comes with it: there
  /// are hosts where every process denies a file, and nobody would read so many.
  tl::expected<std::string_view, ErrorKind> Read(int pid, std::string_view name);

  /// How many file descriptors the process has open: the entries of PROCFS/PID/fd. Linux 6.2 and
  /// later tell their number as the directory's size, to everybody; before that they are counted
  /// one by one, and only for whom the directory can be opened. Nothing where it cannot be told.
  std::optional<std::uint32_t> CountDescriptors(int pid);

  /// The content of PROCFS/stat; the view holds until the next call.
  Expected<std::string_view> ReadHostStat() { return host_stat_.Read(); }

 private:
  struct Close {
    void operator()(DIR* directory) const { ::closedir(directory); }
  };
  using Directory = std::unique_ptr<DIR, Close>;

  Expected<void> Open();
  bool SizeTellsDescriptors();

  std::string procfs_;
  Directory directory_;
  KeptFile host_stat_;
  std::vector<char> buffer_;
  std::optional<bool> size_tells_descriptors_;
};

}  // namespace airflow_host
