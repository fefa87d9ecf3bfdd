// Reads a file that may be missing.
#include "collectors/host/optional_file.h"

#include <algorithm>

namespace airflow_host {

std::optional<std::string_view> OptionalFile::Read(SteadyTime now) {
  if (wait_ != std::chrono::seconds(0) && now < next_attempt_) return std::nullopt;
  const auto content = file_.Read();
  if (!content) {
    wait_ = std::clamp(wait_ * 2, kShortestWait, kLongestWait);
    next_attempt_ = now + wait_;
    return std::nullopt;
  }
  wait_ = std::chrono::seconds(0);
  return *content;
}

}  // namespace airflow_host
