// Reads `[database] sql_alchemy_conn` as Airflow does.
#pragma once

#include <string_view>

#include "collectors/metadata/database_address.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Takes a SQLAlchemy URL of a PostgreSQL database apart: `postgresql://`, with any driver of
/// Python
/// (`+psycopg2`, `+psycopg`, `+asyncpg`, ...), and `postgres://`. Percent escapes in user and
/// password, IPv6 addresses, several hosts, an empty host and `?host=/socket/directory` are read as
/// SQLAlchemy reads them; other query parameters go to libpq as they are. SQLite, MySQL and all
/// else is kMalformed with a sentence that says what is supported. No error repeats any part of the
/// URL that could be secret. Any thread.
Expected<DatabaseAddress> ParseDatabaseUrl(std::string_view url);

}  // namespace airflow_host
