// Reads the files of processes under /proc.
#include "collectors/component/process_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <utility>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// Longer command lines than the kernel's usual stack limit allows are cut; a class path of Kafka
/// has some 20 kB.
constexpr std::size_t kLargestProcessFile = std::size_t{128} * 1024;

}  // namespace

ProcessReader::ProcessReader(std::string procfs)
    : procfs_(std::move(procfs)), host_stat_(procfs_ + "/stat") {}

Expected<void> ProcessReader::List(std::vector<int>& pids) {
  pids.clear();
  if (directory_ == nullptr) {
    directory_.reset(::opendir(procfs_.c_str()));
    if (directory_ == nullptr) return tl::unexpected(SystemError("open", procfs_, errno));
  } else {
    ::rewinddir(directory_.get());
  }
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(directory_.get());  // NOLINT(concurrency-mt-unsafe)
    if (entry == nullptr) break;
    const std::string_view name(&entry->d_name[0]);
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

Expected<std::string_view> ProcessReader::Read(int pid, std::string_view name) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), pid).ptr;
  path_.assign(procfs_).append("/").append(digits.data(), end).append("/").append(name);
  return ReadFile(path_, buffer_, kLargestProcessFile);
}

}  // namespace airflow_host
