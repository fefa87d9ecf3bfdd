// The numbers of a release: of Airflow, or of one of its providers.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace airflow_host {

/// Major, minor and patch, so that releases compare as they came.
using Release = std::array<unsigned, 3>;

/// The first release that `text` names: {2, 10, 3} of "2.10.3-2.11.x", {3, 2, 0} of ">=3.2.0",
/// {3, 1, 0} of "3.1", {3, 8, 0} of "3.8.0rc1"; nothing where it does not begin with two numbers.
/// Total. Any thread.
std::optional<Release> ParseRelease(std::string_view text);

}  // namespace airflow_host
