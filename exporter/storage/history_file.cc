// Reads and replaces the file.
#include "exporter/storage/history_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

namespace airflow_host {
namespace {

constexpr const char* kName = "trends";
constexpr const char* kNewName = "trends.new";
constexpr const char* kLockName = "trends.lock";
constexpr std::string_view kDamagedPrefix = "trends.damaged-";
constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

tl::unexpected<Error> Failed(std::string_view action, const std::string& subject) {
  return tl::unexpected(SystemError(action, subject, errno));
}

}  // namespace

Expected<HistoryFile> HistoryFile::Open(const std::string& directory) {
  if (::mkdir(directory.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return Failed("make the directory", directory);
  }
  UniqueDescriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return Failed("open the directory", directory);
  UniqueDescriptor lock(
      ::openat(folder.get(), kLockName, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!lock.valid()) return Failed("write into", directory);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed("lock", directory + "/" + kLockName);
    return Fail(
        ErrorKind::kFailed,
        "cannot use " + directory + ": another exporter does; give each a directory of its own");
  }
  return HistoryFile(directory, std::move(folder), std::move(lock));
}

std::string HistoryFile::path() const { return directory_ + "/" + kName; }

Expected<std::optional<std::string>> HistoryFile::Read(std::size_t limit) const {
  // Not blocking, should somebody have put a pipe there.
  const UniqueDescriptor file(
      ::openat(folder_.get(), kName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return Failed("open", path());
  }
  std::string content;
  std::vector<char> buffer(std::size_t{64} * 1024);
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return content;
    if (count < 0) {
      if (errno == EINTR) continue;
      return Failed("read", path());
    }
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > limit) {
      return Fail(ErrorKind::kMalformed, path() + " is longer than any history of trends");
    }
  }
}

void HistoryFile::RemoveOlderDamaged() const {
  // Its own descriptor, since the position in the directory belongs to it.
  const int copy = ::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(copy), &::closedir);
  if (folder == nullptr) {
    ::close(copy);
    return;
  }
  while (const dirent* const entry = ::readdir(folder.get())) {
    const std::string_view name(&entry->d_name[0]);
    if (name.starts_with(kDamagedPrefix)) ::unlinkat(folder_.get(), &entry->d_name[0], 0);
  }
}

Expected<std::string> HistoryFile::SetAside(long long seconds) const {
  RemoveOlderDamaged();
  const std::string name = std::string(kDamagedPrefix) + std::to_string(seconds);
  if (::renameat(folder_.get(), kName, folder_.get(), name.c_str()) != 0) {
    return Failed("rename", path());
  }
  return directory_ + "/" + name;
}

Expected<void> HistoryFile::WriteNew(std::string_view content) const {
  const std::string name = directory_ + "/" + kNewName;
  const UniqueDescriptor file(::openat(
      folder_.get(), kNewName, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!file.valid()) return Failed("make", name);
  while (!content.empty()) {
    const ssize_t count = ::write(file.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Failed("write", name);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0) return Failed("synchronise", name);
  return {};
}

Expected<void> HistoryFile::Write(std::string_view content) const {
  if (auto written = WriteNew(content); !written) {
    ::unlinkat(folder_.get(), kNewName, 0);  // On a full disk every byte counts.
    return written;
  }
  if (::renameat(folder_.get(), kNewName, folder_.get(), kName) != 0) {
    return Failed("replace", path());
  }
  // So that the renaming outlasts a power cut, too. Some file systems cannot, and need not.
  static_cast<void>(::fsync(folder_.get()));
  return {};
}

}  // namespace airflow_host
