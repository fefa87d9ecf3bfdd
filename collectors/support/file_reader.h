// Reading small kernel files whole. Their sizes as stat(2) tells them are lies, and a short read
// does not mean the end, so both readers read until 0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// No kernel file that we read is longer; what lies behind is cut off.
inline constexpr std::size_t kLargestFile = std::size_t{4} * 1024 * 1024;

/// Reads the file at `path` into `buffer`, replacing its content and reusing its capacity, at most
/// `limit` bytes. The view is of `buffer`. Errors: those of open(2) and read(2). Any thread.
Expected<std::string_view> ReadFile(const std::string& path, std::string& buffer,
                                    std::size_t limit = kLargestFile);

/// The same for the file `name` in the open directory `directory` (openat(2)): a directory that is
/// replaced by another of its name while its files are read cannot mix the two. Any thread.
Expected<std::string_view> ReadFileAt(int directory, const std::string& name, std::string& buffer,
                                      std::size_t limit = kLargestFile);

/// The same for an open file, from its beginning; `name` is what errors call it. Any thread.
Expected<std::string_view> ReadDescriptor(int descriptor, std::string_view name,
                                          std::string& buffer, std::size_t limit = kLargestFile);

/// A file that is read again and again by pread(2) on one kept descriptor: half the cost of opening
/// it each time, and it still works when no descriptor is left. For files that stay
/// (/proc/meminfo); files under /proc/PID are opened anew. Used by one thread.
class KeptFile {
 public:
  explicit KeptFile(std::string path) : path_(std::move(path)) {}

  /// The whole content, valid until the next Read. Opens the file if it is not open, and anew after
  /// an error. No allocation once the buffer has grown to the file's size.
  Expected<std::string_view> Read();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  UniqueDescriptor descriptor_;
  std::string buffer_;
};

}  // namespace airflow_host
