// Parses /proc/loadavg; loadavg.h shows a sample.
#include "collectors/host/loadavg.h"

#include "collectors/support/text.h"

namespace airflow_host {

std::optional<double> ParseLoad1(std::string_view text) {
  const auto first = TakeField(text);
  // Without a field behind it the number may have been cut.
  if (!first || !TakeField(text)) return std::nullopt;
  const auto load = ParseDecimal(*first);
  return load && *load >= 0 ? load : std::nullopt;
}

}  // namespace airflow_host
