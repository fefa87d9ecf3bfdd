// Words for a kernel log that cannot be read.
#include "collectors/oom/log_rights.h"

#include <string_view>

namespace airflow_host {
namespace {

std::string_view Advice(ErrorKind kind, std::optional<bool> restricted) {
  if (kind == ErrorKind::kAbsent) {
    return "a container has no kernel log of its own: give it the host's (Docker: "
           "--device=/dev/kmsg --cap-add=SYSLOG), or say where it is by --path.kmsg";
  }
  if (kind != ErrorKind::kDenied) return "restart the exporter once it can be read";
  if (restricted.value_or(true)) {
    return "the right CAP_SYSLOG is missing, which kernel.dmesg_restrict=1 asks for (systemd: "
           "AmbientCapabilities=CAP_SYSLOG; Docker: --cap-add=SYSLOG and --device=/dev/kmsg)";
  }
  return "the right to open the device is missing (its mode, or in Docker --device=/dev/kmsg)";
}

}  // namespace

std::string MissingLogRight(const Error& error, std::optional<bool> restricted) {
  std::string sentence = "Whom the kernel kills for want of memory is not read from its log: ";
  sentence += error.message + "; ";
  sentence += Advice(error.kind, restricted);
  sentence +=
      ". Until then kills are counted by the containers' cgroup events and /proc/vmstat, which "
      "name no victim.";
  return sentence;
}

}  // namespace airflow_host
