// One small file that is replaced as a whole, and the directory that it lies in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// The file DIRECTORY/trends, which one process at a time may own. Every call may block for as long
/// as the disk does. Used by one thread at a time.
class HistoryFile {
 public:
  /// Opens `directory`, which is made where only its last part is missing, and locks it against
  /// other exporters (flock on DIRECTORY/trends.lock) for as long as the object lives.
  static Expected<HistoryFile> Open(const std::string& directory);

  /// The content; nothing where there is no file. Content beyond `limit` is an error.
  Expected<std::optional<std::string>> Read(std::size_t limit) const;

  /// Renames the file to DIRECTORY/trends.damaged-TIME, with `seconds` since 1970 for TIME, and
  /// removes those that were set aside before. Gives the new name.
  Expected<std::string> SetAside(long long seconds) const;

  /// Replaces the file by one with `content`: it is written beside it, synchronised to the disk and
  /// renamed, so that a reader finds the old or the new one whatever happens on the way.
  Expected<void> Write(std::string_view content) const;

  /// The file's name.
  std::string path() const;

 private:
  HistoryFile(std::string directory, UniqueDescriptor folder, UniqueDescriptor lock)
      : directory_(std::move(directory)), folder_(std::move(folder)), lock_(std::move(lock)) {}
  Expected<void> WriteNew(std::string_view content) const;
  void RemoveOlderDamaged() const;

  std::string directory_;
  UniqueDescriptor folder_;
  UniqueDescriptor lock_;
};

}  // namespace airflow_host
