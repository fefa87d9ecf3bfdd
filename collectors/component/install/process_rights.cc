// Parses the identity in /proc/PID/status. Sample (excerpt; real, effective, saved, file system):
//   Uid:	50000	50000	50000	50000
//   Gid:	0	0	0	0
//   Groups:	0 999
//   CapEff:	00000000a80425fb
// https://docs.kernel.org/filesystems/proc.html (table 1-2), credentials(7), capabilities(7)
#include "collectors/component/install/process_rights.h"

#include <linux/capability.h>

#include <algorithm>
#include <charconv>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The fourth of four numbers.
std::optional<std::uint64_t> Fourth(std::string_view numbers) {
  for (int skipped = 0; skipped < 3; ++skipped) {
    if (!TakeField(numbers)) return std::nullopt;
  }
  const auto field = TakeField(numbers);
  return field ? ParseUnsigned(*field) : std::nullopt;
}

bool HasOverride(std::string_view text) {
  text = Trim(text);
  std::uint64_t capabilities = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), capabilities, 16);
  return result.ec == std::errc() && ((capabilities >> CAP_DAC_OVERRIDE) & 1U) != 0;
}

}  // namespace

bool ProcessRights::MayWriteIn(const struct stat& folder) const {
  if (overrides) return true;
  const auto allows = [&](unsigned needed) { return (folder.st_mode & needed) == needed; };
  // To make a file takes the right to write and to search. The first class that fits decides.
  if (folder.st_uid == user) return allows(S_IWUSR | S_IXUSR);
  const bool in_group = std::find(groups.begin(), groups.end(), folder.st_gid) != groups.end();
  return in_group ? allows(S_IWGRP | S_IXGRP) : allows(S_IWOTH | S_IXOTH);
}

std::optional<ProcessRights> ParseProcessRights(std::string_view text) {
  ProcessRights rights;
  std::optional<std::uint64_t> user;
  std::optional<std::uint64_t> group;
  while (auto line = TakeLine(text)) {
    const auto name = TakeField(*line);
    if (name == "Uid:") user = Fourth(*line);
    if (name == "Gid:") group = Fourth(*line);
    if (name == "CapEff:") rights.overrides = HasOverride(*line);
    if (name != "Groups:") continue;
    while (const auto field = TakeField(*line)) {
      if (const auto number = ParseUnsigned(*field)) rights.groups.push_back(*number);
    }
  }
  if (!user || !group) return std::nullopt;
  rights.user = *user;
  rights.groups.push_back(*group);
  return rights;
}

}  // namespace airflow_host
