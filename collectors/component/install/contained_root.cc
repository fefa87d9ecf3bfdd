// Walks paths part by part below a root.
#include "collectors/component/install/contained_root.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <utility>

#include "collectors/support/file_reader.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostLinks = 40;  // As the kernel's MAXSYMLINKS.
constexpr std::size_t kMostParts = 200;
constexpr std::size_t kDeepest = 48;

/// Takes the first name off `path`; nothing once only slashes are left.
std::optional<std::string> TakeName(std::string& path) {
  const std::size_t begin = path.find_first_not_of('/');
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = path.find('/', begin);
  std::string name = path.substr(begin, end - begin);
  path.erase(0, end);
  return name;
}

Expected<struct stat> StatusOf(const UniqueDescriptor& descriptor, std::string_view path) {
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) {
    return tl::unexpected(SystemError("look at", path, errno));
  }
  return status;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

/// The walk along one path: the folders from the root to where it stands, each held open.
class ContainedRoot::Walk {
 public:
  Walk(const ContainedRoot& root, std::string_view path) : root_(root), path_(path), rest_(path) {}

  Expected<Place> Run() {
    if (!path_.starts_with('/') || path_.size() >= PATH_MAX ||
        path_.find('\0') != std::string_view::npos) {
      return Fail(ErrorKind::kMalformed, "a path is not absolute, or too long");
    }
    for (std::size_t part = 0; part < kMostParts; ++part) {
      const auto name = TakeName(rest_);
      if (!name) return Arrive();
      if (auto taken = Take(*name); !taken) return tl::unexpected(std::move(taken).error());
    }
    return Fail(ErrorKind::kMalformed, "a path has too many parts");
  }

 private:
  struct Step {
    std::string name;
    UniqueDescriptor descriptor;
  };

  int Top() const { return steps_.empty() ? root_.root_.get() : steps_.back().descriptor.get(); }

  Expected<void> Take(const std::string& name) {
    if (name == ".") return {};
    if (name == "..") {
      // ".." of the root is the root. The kernel is never asked for it.
      if (!steps_.empty()) steps_.pop_back();
      return {};
    }
    std::string whole;
    for (const Step& step : steps_) whole.append("/").append(step.name);
    whole.append("/").append(name);
    if (root_.CouldHang(whole)) {
      return Fail(ErrorKind::kFailed, "a path lies on a file system that is not local");
    }
    UniqueDescriptor next(::openat(Top(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid()) return tl::unexpected(SystemError("open", path_, errno));
    const auto status = StatusOf(next, path_);
    if (!status) return tl::unexpected(status.error());
    if (S_ISLNK(status->st_mode)) return Follow(next);
    if (steps_.size() >= kDeepest) return Fail(ErrorKind::kMalformed, "a path is too deep");
    steps_.push_back({name, std::move(next)});
    return {};
  }

  Expected<void> Follow(const UniqueDescriptor& link) {
    if (++links_ > kMostLinks) return Fail(ErrorKind::kMalformed, "a path has too many links");
    std::array<char, PATH_MAX> buffer{};
    const ssize_t length = ::readlinkat(link.get(), "", buffer.data(), buffer.size());
    if (length <= 0) return tl::unexpected(SystemError("follow", path_, errno));
    const std::string_view target(buffer.data(), static_cast<std::size_t>(length));
    rest_.insert(0, "/").insert(0, target);
    if (target.starts_with('/')) steps_.clear();
    return {};
  }

  Expected<Place> Arrive() {
    const auto duplicate = [](int descriptor) {
      return UniqueDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    };
    Place place;
    place.name = steps_.empty() ? "." : steps_.back().name;
    place.itself = duplicate(Top());
    if (!steps_.empty()) steps_.pop_back();
    place.folder = duplicate(Top());
    if (!place.itself.valid() || !place.folder.valid()) {
      return tl::unexpected(SystemError("open", path_, errno));
    }
    return place;
  }

  const ContainedRoot& root_;
  std::string_view path_;
  std::string rest_;
  std::vector<Step> steps_;
  std::size_t links_ = 0;
};

bool ContainedRoot::CouldHang(std::string_view path) const {
  return std::any_of(mounts_.begin(), mounts_.end(), [&](const Mount& mount) {
    if (IsLocalFilesystem(mount.filesystem) || !path.starts_with(mount.mount_point)) return false;
    return mount.mount_point.ends_with('/') || path.size() == mount.mount_point.size() ||
           path[mount.mount_point.size()] == '/';
  });
}

Expected<ContainedRoot::Place> ContainedRoot::Find(std::string_view path) const {
  return Walk(*this, path).Run();
}

Expected<struct stat> ContainedRoot::Look(std::string_view path) const {
  const auto place = Find(path);
  if (!place) return tl::unexpected(place.error());
  return StatusOf(place->itself, path);
}

Expected<bool> ContainedRoot::IsReadOnly(std::string_view path) const {
  const auto place = Find(path);
  if (!place) return tl::unexpected(place.error());
  struct statvfs status {};
  if (::fstatvfs(place->itself.get(), &status) != 0) {
    return tl::unexpected(SystemError("look at", path, errno));
  }
  return (status.f_flag & ST_RDONLY) != 0;
}

Expected<std::string_view> ContainedRoot::Read(std::string_view path, std::string& buffer,
                                               std::size_t limit) const {
  const auto place = Find(path);
  if (!place) return tl::unexpected(place.error());
  const auto status = StatusOf(place->itself, path);
  if (!status) return tl::unexpected(status.error());
  // A device or a pipe may do something by being opened.
  if (!S_ISREG(status->st_mode)) {
    return Fail(ErrorKind::kMalformed, "a path is no regular file");
  }
  // Its name may have been given to something else in between: O_NOFOLLOW, and a second look.
  const UniqueDescriptor file(::openat(place->folder.get(), place->name.c_str(),
                                       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) return tl::unexpected(SystemError("open", path, errno));
  const auto opened = StatusOf(file, path);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->st_dev != status->st_dev || opened->st_ino != status->st_ino) {
    return Fail(ErrorKind::kAbsent, "a file was replaced while it was opened");
  }
  // Grown at once, so that no copy of the content is left in memory that was given back.
  buffer.clear();
  buffer.reserve(std::min(limit, static_cast<std::size_t>(status->st_size)) + 1);
  return ReadDescriptor(file.get(), path, buffer, limit);
}

Expected<FolderNames> ContainedRoot::List(std::string_view path, std::size_t most) const {
  const auto place = Find(path);
  if (!place) return tl::unexpected(place.error());
  const int descriptor = ::openat(place->itself.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(SystemError("open", path, errno));
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(descriptor));
  if (folder == nullptr) {
    const int failure = errno;
    ::close(descriptor);
    return tl::unexpected(SystemError("open", path, failure));
  }
  FolderNames found;
  while (const dirent* const entry = ::readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name(&entry->d_name[0]);
    if (name == "." || name == "..") continue;
    found.complete = found.names.size() < most;
    if (!found.complete) break;
    found.names.emplace_back(name);
  }
  return found;
}

}  // namespace airflow_host
