// Opens and lists cgroup directories.
#include "collectors/container/cgroup_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "collectors/container/cgroup_values.h"

namespace airflow_host {
namespace {

/// Larger than any file of a cgroup but the lists: memory.stat, the longest, has about 3 kB.
constexpr std::size_t kFirstChunk = std::size_t{16} * 1024;
/// What lies behind is cut off: a cgroup.procs of half a million processes.
constexpr std::size_t kLargestFile = std::size_t{4} * 1024 * 1024;

struct CloseStream {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using DirectoryStream = std::unique_ptr<DIR, CloseStream>;

DirectoryStream OpenStream(int directory) {
  // A descriptor of its own, because closedir(3) closes it.
  const int again = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return nullptr;
  DirectoryStream stream(::fdopendir(again));
  if (!stream) ::close(again);
  return stream;
}

SystemTime TimeOf(const timespec& time) {
  return SystemTime(std::chrono::duration_cast<SystemTime::duration>(
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)));
}

}  // namespace

Expected<CgroupDirectory> CgroupDirectory::Open(const std::string& path) {
  return OpenAt(AT_FDCWD, path.c_str());
}

Expected<CgroupDirectory> CgroupDirectory::OpenChild(const char* name) const {
  return OpenAt(descriptor_.get(), name);
}

Expected<CgroupDirectory> CgroupDirectory::OpenAt(int parent, const char* path) {
  CgroupDirectory result;
  result.descriptor_.Reset(::openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!result.descriptor_.valid()) return tl::unexpected(SystemError("open", path, errno));
  struct stat status {};
  if (::fstat(result.descriptor_.get(), &status) != 0) {
    return tl::unexpected(SystemError("stat", path, errno));
  }
  result.inode_ = status.st_ino;
  result.links_ = status.st_nlink;
  result.modified_at_ = TimeOf(status.st_mtim);
  return result;
}

std::optional<std::string_view> CgroupDirectory::ReadWhole(const char* name, std::string& buffer,
                                                           bool in_one_piece) const {
  const UniqueDescriptor file(
      ::openat(descriptor_.get(), name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.valid()) return std::nullopt;
  if (buffer.size() < kFirstChunk) buffer.resize(kFirstChunk);
  std::size_t used = 0;
  while (used < kLargestFile) {
    if (used == buffer.size()) buffer.resize(buffer.size() * 2);
    const std::size_t room = buffer.size() - used;
    const ssize_t got = ::read(file.get(), buffer.data() + used, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    used += static_cast<std::size_t>(got);
    if (got == 0 || (in_one_piece && static_cast<std::size_t>(got) < room)) break;
  }
  return std::string_view(buffer).substr(0, used);
}

std::optional<std::string_view> CgroupDirectory::Read(const char* name, std::string& buffer) const {
  return ReadWhole(name, buffer, /*in_one_piece=*/true);
}

std::optional<std::string_view> CgroupDirectory::ReadList(const char* name,
                                                          std::string& buffer) const {
  return ReadWhole(name, buffer, /*in_one_piece=*/false);
}

bool CgroupDirectory::Has(const char* name) const {
  return ::faccessat(descriptor_.get(), name, F_OK, 0) == 0;
}

std::optional<std::uint64_t> CgroupDirectory::ReadNumber(const char* name,
                                                         std::string& buffer) const {
  const auto text = Read(name, buffer);
  return text ? ParseNumberFile(*text) : std::nullopt;
}

void CgroupDirectory::ForEachChild(const std::function<bool(const char*)>& visit) const {
  // Two links: its own name and its ".", so no child whose ".." links to it. Most cgroups are
  // leaves, and listing one means listing its sixty files.
  if (links_ == 2) return;
  const DirectoryStream stream = OpenStream(descriptor_.get());
  if (!stream) return;
  while (const dirent* const entry = ::readdir(stream.get())) {
    const bool may_be_directory = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
    if (!may_be_directory || entry->d_name[0] == '.') continue;
    if (!visit(entry->d_name)) return;
  }
}

}  // namespace airflow_host
