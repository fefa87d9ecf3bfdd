// Parses /proc/PID/cgroup, lines of "hierarchy:controllers:path". Sample of version 2:
//   0::/system.slice/docker-a1a1a1....scope
// of version 1, and of both together (the memory controller is then in the first line):
//   9:memory:/docker/a1a1a1...
//   3:cpu,cpuacct:/docker/a1a1a1...
//   1:name=systemd:/docker/a1a1a1...
//   0::/system.slice/containerd.service
// A path may hold colons. https://man7.org/linux/man-pages/man7/cgroups.7.html, "/proc/pid/cgroup"
#include "collectors/component/process_cgroup.h"

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

bool HasMemory(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::size_t comma = controllers.find(',');
    if (controllers.substr(0, comma) == "memory") return true;
    controllers.remove_prefix(comma == std::string_view::npos ? controllers.size() : comma + 1);
  }
  return false;
}

}  // namespace

std::optional<std::string_view> ParseMemoryCgroup(std::string_view text) {
  std::optional<std::string_view> unified;
  while (auto line = TakeLine(text)) {
    const std::size_t first = line->find(':');
    if (first == std::string_view::npos) continue;
    const std::size_t second = line->find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line->substr(first + 1, second - first - 1);
    const std::string_view path = line->substr(second + 1);
    if (path.empty() || path.front() != '/') continue;
    if (HasMemory(controllers)) return path;
    if (line->substr(0, first) == "0" && controllers.empty()) unified = path;
  }
  return unified;
}

}  // namespace airflow_host
