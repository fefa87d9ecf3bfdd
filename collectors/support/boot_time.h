// When the host booted, from /proc/stat.
#pragma once

#include <optional>
#include <string_view>

#include "collectors/support/clock.h"

namespace airflow_host {

/// The boot time in the text of /proc/stat (its line "btime", whole seconds since 1970); nothing
/// where there is none. Total; any thread.
std::optional<SystemTime> ParseBootTime(std::string_view stat);

}  // namespace airflow_host
