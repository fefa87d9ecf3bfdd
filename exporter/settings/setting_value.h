// Turns the text of a setting into its value: the same rules for flags, environment and file. Pure
// and total: any text in, a value or a phrase out that completes "flag --x ...". Any thread.
//
//   1h30m  250ms  7d      durations
//   true  no  1  off      switches
//   0.0.0.0:10132  :10132  [::1]:10132  localhost:0      addresses to listen on
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"
#include "exporter/settings/settings.h"

namespace airflow_host {

/// `text` in quotation marks, fit for an error: shortened, and without a password if it is a URL.
std::string Quoted(std::string_view text);

/// true, yes, on and 1, or false, no, off and 0; capitals do not matter.
Expected<bool> ParseSwitch(std::string_view text);

/// Whole numbers, each with its unit (ms, s, m, h, d), added up: at most ten years.
Expected<std::chrono::milliseconds> ParseDuration(std::string_view text);

/// `duration` in the largest unit that loses nothing: "90s", "6h".
std::string DurationText(std::chrono::milliseconds duration);

/// A whole number from `least` to `most`.
Expected<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t least, std::uint32_t most);

/// "host:port", ":port" or "[IPv6]:port".
Expected<ListenAddress> ParseListenAddress(std::string_view text);

/// A path that begins with a slash and is none of the program's other pages.
Expected<std::string> ParseTelemetryPath(std::string_view text);

/// An absolute path without trailing slashes: the root itself becomes the empty text.
Expected<std::string> ParseMountPath(std::string_view text);

/// The name of a file, relative ones included; not a URL, whose password an error of open(2) would
/// show.
Expected<std::string> ParseFileName(std::string_view text);

/// debug, info, warn or error.
Expected<LogLevel> ParseLogLevel(std::string_view text);

/// logfmt or json.
Expected<LogFormat> ParseLogFormat(std::string_view text);

/// The SQLAlchemy URL of a PostgreSQL database. The phrase never repeats the URL.
Expected<std::string> CheckedDatabaseUrl(std::string_view text);

/// The kombu URL of a single Redis. The phrase never repeats the URL.
Expected<std::string> CheckedBrokerUrl(std::string_view text);

/// "0,3,6,9", with or without brackets as Airflow's configuration has them: `priority_steps`.
Expected<std::vector<int>> ParsePrioritySteps(std::string_view text);

/// `sentinel_kwargs`, where it can be used. The error repeats nothing of it.
Expected<std::string> CheckedSentinelOptions(std::string_view text);

/// The parts of `text` between commas, without blanks around them; an empty text has none.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace airflow_host
