// As whom a process touches files, from /proc/PID/status.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace airflow_host {

/// The identity that the kernel checks when the process opens a file.
struct ProcessRights {
  std::uint64_t user = 0;             ///< Its file system user: the fourth number of "Uid:".
  std::vector<std::uint64_t> groups;  ///< The fourth of "Gid:", and those of "Groups:".
  bool overrides = false;             ///< CAP_DAC_OVERRIDE is among "CapEff:".

  /// Whether it may make a file in the folder that `folder` describes, by its owner, its group and
  /// its mode. Access control lists are not looked at.
  bool MayWriteIn(const struct stat& folder) const;

  bool operator==(const ProcessRights&) const = default;
};

/// Parses the text of /proc/PID/status; nothing where Uid or Gid is missing. Total; any thread.
std::optional<ProcessRights> ParseProcessRights(std::string_view text);

}  // namespace airflow_host
