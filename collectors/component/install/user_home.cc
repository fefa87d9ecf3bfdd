// Reads passwd files.
#include "collectors/component/install/user_home.h"

#include <algorithm>
#include <array>

#include "collectors/support/text.h"

namespace airflow_host {

std::optional<std::string> HomeOfUser(std::string_view passwd, std::uint64_t user) {
  constexpr std::size_t kUser = 2;
  constexpr std::size_t kHome = 5;
  while (auto line = TakeLine(passwd)) {
    std::array<std::string_view, 6> fields;
    for (std::string_view& field : fields) {
      const std::size_t end = std::min(line->find(':'), line->size());
      field = line->substr(0, end);
      line->remove_prefix(std::min(end + 1, line->size()));
    }
    if (ParseUnsigned(fields[kUser]) != user) continue;
    std::string_view home = fields[kHome];
    while (home.ends_with('/')) home.remove_suffix(1);
    if (!home.starts_with('/')) return std::nullopt;
    return std::string(home);
  }
  return std::nullopt;
}

}  // namespace airflow_host
