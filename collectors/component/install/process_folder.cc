// Reads /proc/PID.
#include "collectors/component/install/process_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "collectors/support/file_reader.h"

namespace airflow_host {

ProcessFolder::ProcessFolder(const std::string& procfs, int pid)
    : name_(procfs + "/" + std::to_string(pid)),
      folder_(::open(name_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

Expected<std::string_view> ProcessFolder::Read(const char* file, std::string& buffer,
                                               std::size_t limit) const {
  if (!folder_.valid()) return Fail(ErrorKind::kAbsent, name_ + " is not there");
  return ReadFileAt(folder_.get(), file, buffer, limit);
}

Expected<ProcessStat> ProcessFolder::Stat(std::string& buffer) const {
  return Read("stat", buffer, kLargestFile).and_then(ParseProcessStat);
}

Expected<UniqueDescriptor> ProcessFolder::OpenRoot() const {
  if (!folder_.valid()) return Fail(ErrorKind::kAbsent, name_ + " is not there");
  UniqueDescriptor root(::openat(folder_.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return tl::unexpected(SystemError("open", name_ + "/root", errno));
  return root;
}

std::string ProcessFolder::Program() const {
  constexpr std::string_view kDeleted = " (deleted)";
  if (!folder_.valid()) return {};
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlinkat(folder_.get(), "exe", target.data(), target.size());
  if (length <= 0) return {};
  std::string_view path(target.data(), static_cast<std::size_t>(length));
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  return std::string(path);
}

std::optional<ProcessSurroundings> ProcessFolder::Surroundings() const {
  const auto root = OpenRoot();
  struct stat status {};
  if (!root || ::fstat(root->get(), &status) != 0) return std::nullopt;
  ProcessSurroundings result{status.st_dev, status.st_ino, {}};
  std::string buffer;
  if (const auto cgroups = Read("cgroup", buffer, kLargestFile)) result.cgroups = *cgroups;
  return result;
}

}  // namespace airflow_host
