// The connection string that libpq is given.
#pragma once

#include <string>
#include <string_view>

#include "collectors/metadata/database_address.h"

namespace airflow_host {

/// How we are seen in pg_stat_activity.
inline constexpr std::string_view kApplicationName = "airflow_host_exporter";

/// `address` as a conninfo string, with what keeps us harmless added: our application_name, a short
/// connect_timeout (per address, 3 s; the resolver's own time comes on top), keepalives, no GSSAPI
/// negotiation unless asked for. Where the URL sets one of the times itself, ours counts: the URL
/// was written for Airflow. Holds the password: never to be shown. Any thread.
std::string Conninfo(const DatabaseAddress& address);

/// `text` (a message of libpq or of the server) in one line, each of the address's secrets replaced
/// by "***". Any thread.
std::string ScrubbedMessage(std::string_view text, const DatabaseAddress& address);

}  // namespace airflow_host
