// Reads the files of processes under /proc.
#include "collectors/component/process_reader.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <utility>

#include "collectors/support/text.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

constexpr std::size_t kFirstBuffer = 4096;
/// Longer command lines than the kernel's usual stack limit allows are cut; a class path of Kafka
/// has some 20 kB.
constexpr std::size_t kLargestProcessFile = std::size_t{128} * 1024;

/// "PID/NAME", ended by NUL; cut off where NAME is longer than any that we read.
class ProcessPath {
 public:
  ProcessPath(int pid, std::string_view name) {
    char* at = std::to_chars(text_.data(), text_.data() + kLongestPid, pid).ptr;
    *at++ = '/';
    const auto room = static_cast<std::size_t>(text_.data() + text_.size() - 1 - at);
    *std::copy_n(name.data(), std::min(name.size(), room), at) = '\0';
  }

  const char* text() const { return text_.data(); }

 private:
  static constexpr std::size_t kLongestPid = 11;
  std::array<char, 48> text_{};
};

ErrorKind KindOf(int failure) {
  switch (failure) {
    case ENOENT:
    case ESRCH:
      return ErrorKind::kAbsent;
    case EACCES:
    case EPERM:
      return ErrorKind::kDenied;
    default:
      return ErrorKind::kFailed;
  }
}

std::string_view NameOf(const dirent& entry) { return {&entry.d_name[0]}; }

}  // namespace

ProcessReader::ProcessReader(std::string procfs)
    : procfs_(std::move(procfs)), host_stat_(procfs_ + "/stat"), buffer_(kFirstBuffer) {}

Expected<void> ProcessReader::Open() {
  if (directory_ != nullptr) return {};
  directory_.reset(::opendir(procfs_.c_str()));
  if (directory_ == nullptr) return tl::unexpected(SystemError("open", procfs_, errno));
  return {};
}

Expected<void> ProcessReader::List(std::vector<int>& pids) {
  pids.clear();
  if (auto opened = Open(); !opened) return opened;
  ::rewinddir(directory_.get());
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(directory_.get());  // NOLINT(concurrency-mt-unsafe)
    if (entry == nullptr) break;
    const std::string_view name = NameOf(*entry);
    if (name.front() < '1' || name.front() > '9') continue;
    const auto pid = ParseUnsigned(name);
    if (pid && *pid <= static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
      pids.push_back(static_cast<int>(*pid));
    }
  }
  if (errno != 0) {
    const int failure = errno;
    directory_.reset();
    return tl::unexpected(SystemError("list", procfs_, failure));
  }
  std::sort(pids.begin(), pids.end());
  return {};
}

tl::expected<std::string_view, ErrorKind> ProcessReader::Read(int pid, std::string_view name) {
  if (auto opened = Open(); !opened) return tl::unexpected(opened.error().kind);
  const ProcessPath path(pid, name);
  const UniqueDescriptor file(::openat(::dirfd(directory_.get()), path.text(),
                                       O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.valid()) return tl::unexpected(KindOf(errno));
  std::size_t used = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer_.data() + used, buffer_.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(KindOf(errno));
    used += static_cast<std::size_t>(got);
    // The kernel gives each of these files in one piece: what leaves room in the buffer is all.
    if (used < buffer_.size() || buffer_.size() >= kLargestProcessFile) break;
    buffer_.resize(buffer_.size() * 2);
  }
  return std::string_view(buffer_.data(), used);
}

bool ProcessReader::SizeTellsDescriptors() {
  if (!size_tells_descriptors_) {
    const int proc = ::dirfd(directory_.get());
    struct statfs system {};
    struct stat self {};
    // Every other file system's directories have a size too, but it means something else.
    size_tells_descriptors_ = ::fstatfs(proc, &system) == 0 && system.f_type == PROC_SUPER_MAGIC &&
                              ::fstatat(proc, "self/fd", &self, 0) == 0 && self.st_size > 0;
  }
  return *size_tells_descriptors_;
}

std::optional<std::uint32_t> ProcessReader::CountDescriptors(int pid) {
  if (auto opened = Open(); !opened) return std::nullopt;
  const ProcessPath path(pid, "fd");
  const int proc = ::dirfd(directory_.get());
  if (SizeTellsDescriptors()) {
    struct stat status {};
    if (::fstatat(proc, path.text(), &status, 0) != 0) return std::nullopt;
    return static_cast<std::uint32_t>(status.st_size);
  }
  const int descriptor = ::openat(proc, path.text(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const Directory directory(::fdopendir(descriptor));
  if (directory == nullptr) {
    ::close(descriptor);
    return std::nullopt;
  }
  std::uint32_t count = 0;
  errno = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  while (const dirent* const entry = ::readdir(directory.get())) {
    if (NameOf(*entry).front() != '.') ++count;
  }
  if (errno != 0) return std::nullopt;
  return count;
}

}  // namespace airflow_host
