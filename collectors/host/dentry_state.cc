// Parses /proc/sys/fs/dentry-state; dentry_state.h shows a sample.
#include "collectors/host/dentry_state.h"

#include "collectors/support/text.h"

namespace airflow_host {

std::optional<std::uint64_t> ParseNegativeDentries(std::string_view text) {
  constexpr int kFieldsBefore = 4;
  for (int skipped = 0; skipped < kFieldsBefore; ++skipped) {
    if (!TakeField(text)) return std::nullopt;
  }
  const auto field = TakeField(text);
  // Without a field behind it the number may have been cut.
  if (!field || !TakeField(text)) return std::nullopt;
  const auto negative = ParseUnsigned(*field);
  return negative && *negative > 0 ? negative : std::nullopt;
}

}  // namespace airflow_host
