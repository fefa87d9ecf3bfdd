// Text made fit for a person reading HTML: escaped, and numbers said in words.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/clock.h"

namespace airflow_host {

/// `text` as HTML text or as an attribute's value in double quotes: markup becomes references,
/// bytes that are no UTF-8 and control characters become "?". Any thread.
std::string EscapeHtml(std::string_view text);

/// A duration in its largest fitting unit: "850 µs", "12.3 ms", "4 s", "7 min", "3 h", "2 days".
std::string DurationInWords(std::chrono::nanoseconds duration);

/// Bytes in their largest fitting unit: "577 MiB", "3.7 GiB". Any thread.
std::string BytesInWords(std::uint64_t bytes);

/// How long ago `time` was: "12 s ago", "just now", or "never" where it is empty. Any thread.
std::string Ago(std::optional<SystemTime> time, SystemTime now);

/// `time` as ISO 8601 has it, in UTC with milliseconds: "2023-11-14T22:13:20.000Z". Any thread.
std::string IsoTime(SystemTime time);

/// `time` as a `<time>` element that a person reads: "2023-11-14 22:13:20 UTC".
std::string TimeElement(SystemTime time);

}  // namespace airflow_host
