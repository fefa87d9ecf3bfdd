// Whom the kernel killed, for programs (JSON) and for persons (a section of the status page).
// Both only write down what the report says.
#pragma once

#include <cstddef>
#include <string>

#include "collectors/support/clock.h"
#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// Where the JSON is served.
inline constexpr std::string_view kKillsPath = "/api/v1/oom-kills";
/// So many kills stand on the status page; the JSON has all.
inline constexpr std::size_t kKillsShown = 10;

/// The report as one JSON object: `kills`, the newest first, and what is known of the log. What is
/// not known is null. README tells every field. Any thread.
std::string RenderKillsJson(const KillReport& report);

/// Appends the section of the status page. Any thread.
void AppendKills(const KillReport& report, SystemTime now, std::string& page);

}  // namespace airflow_host
