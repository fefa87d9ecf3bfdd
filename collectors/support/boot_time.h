// When the host booted, from /proc/stat, and the times that the kernel counts from there in ticks.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collectors/support/clock.h"

namespace airflow_host {

/// The boot time in the text of /proc/stat (its line "btime", whole seconds since 1970); nothing
/// where there is none. Total; any thread.
std::optional<SystemTime> ParseBootTime(std::string_view stat);

/// Ticks of the kernel's interface per second, USER_HZ: 100 on every architecture that Airflow has.
std::uint64_t TicksPerSecond();

/// The wall-clock time of a tick since boot; nothing where the boot time is unknown or the tick
/// lies beyond what a clock can hold. Pure; any thread.
std::optional<SystemTime> TimeOfTick(std::optional<SystemTime> boot, std::uint64_t tick);

}  // namespace airflow_host
