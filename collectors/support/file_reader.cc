// Reads kernel files whole into reused buffers.
#include "collectors/support/file_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace airflow_host {
namespace {

/// A first read asks for what the buffer holds already, within these: less than a page cuts most
/// files in two, and a buffer that once held a long file would be cleared as a whole for each short
/// one.
constexpr std::size_t kSmallestFirstChunk = 4096;
constexpr std::size_t kLargestFirstChunk = 16'384;

/// Fills `buffer` from the start of `descriptor`; 0, or the errno of the read that failed.
int ReadWhole(int descriptor, std::string& buffer, std::size_t limit) {
  std::size_t used = 0;
  buffer.resize(std::clamp(buffer.capacity(), kSmallestFirstChunk, kLargestFirstChunk));
  for (;;) {
    if (used == buffer.size()) buffer.resize(buffer.size() * 2);
    const std::size_t room = std::min(buffer.size(), limit) - used;
    if (room == 0) break;
    const ssize_t got = ::pread(descriptor, buffer.data() + used, room, static_cast<off_t>(used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int failure = errno;
      buffer.clear();
      return failure;
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  buffer.resize(used);
  return 0;
}

int OpenForReading(const std::string& path, int directory = AT_FDCWD) {
  return ::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

}  // namespace

Expected<std::string_view> ReadFile(const std::string& path, std::string& buffer,
                                    std::size_t limit) {
  return ReadFileAt(AT_FDCWD, path, buffer, limit);
}

Expected<std::string_view> ReadFileAt(int directory, const std::string& name, std::string& buffer,
                                      std::size_t limit) {
  buffer.clear();
  const UniqueDescriptor descriptor(OpenForReading(name, directory));
  if (!descriptor.valid()) return tl::unexpected(SystemError("open", name, errno));
  return ReadDescriptor(descriptor.get(), name, buffer, limit);
}

Expected<std::string_view> ReadDescriptor(int descriptor, std::string_view name,
                                          std::string& buffer, std::size_t limit) {
  const int failure = ReadWhole(descriptor, buffer, limit);
  if (failure != 0) return tl::unexpected(SystemError("read", name, failure));
  return std::string_view(buffer);
}

Expected<std::string_view> KeptFile::Read() {
  if (!descriptor_.valid()) {
    descriptor_.Reset(OpenForReading(path_));
    if (!descriptor_.valid()) return tl::unexpected(SystemError("open", path_, errno));
  }
  const int failure = ReadWhole(descriptor_.get(), buffer_, kLargestFile);
  if (failure != 0) {
    descriptor_.Reset();
    return tl::unexpected(SystemError("read", path_, failure));
  }
  return std::string_view(buffer_);
}

}  // namespace airflow_host
