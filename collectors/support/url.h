// URLs as SQLAlchemy and kombu write them, taken apart. What the parts mean is decided in the room
// of the source: this file knows RFC 3986's shape only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// Whose reading of a URL counts.
enum class UrlRule {
  /// urllib.parse, which kombu uses: the user's part ends at the last "@" before the first "/" or
  /// "?"; the path is percent-decoded.
  kUrllib,
  /// SQLAlchemy 1.4 and 2.0 (lib/sqlalchemy/engine/url.py, _parse_url): a password reaches to the
  /// first "@" and may hold "/" and "?"; the database is taken as it stands.
  kSqlAlchemy,
};

/// `scheme://user:password@authority/path?key=value`, user, password and query percent-decoded;
/// `authority` may name several hosts and is left as it stands.
struct UrlParts {
  std::string scheme;                   ///< As written: "postgresql+psycopg2".
  std::optional<std::string> user;      ///< Absent without "user@".
  std::optional<std::string> password;  ///< Absent without ":password".
  std::string authority;                ///< "host:port", "[::1]:6379", "a:1,b:2" or empty.
  std::string path;                     ///< Without its leading slash: the database.
  std::vector<std::pair<std::string, std::string>> query;  ///< In order; "+" is a space.
};

/// One host of an authority.
struct HostAndPort {
  std::string host;                   ///< Without the brackets of an IPv6 address; may be empty.
  std::optional<std::uint16_t> port;  ///< 1 to 65535.
};

/// Takes a URL apart. An error says what is wrong without repeating the URL, which may hold a
/// password. Any thread.
Expected<UrlParts> ParseUrl(std::string_view url, UrlRule rule);

/// Takes "host", "host:port", "[v6]:port" or ":port" apart; an error names the part. Any thread.
Expected<HostAndPort> ParseHostAndPort(std::string_view text);

/// `text` with %XX replaced by its byte; as it stands where two hex digits do not follow, as
/// Python's unquote leaves it, which SQLAlchemy and kombu use. Any thread.
std::string PercentDecode(std::string_view text);

/// `url` fit for a person's eyes: the password replaced by "***" (in doubt more than the password),
/// and so the value of every query parameter whose name speaks of a secret. Text that is no URL
/// comes back as "(not a URL)". Any thread.
std::string WithoutSecrets(std::string_view url);

}  // namespace airflow_host
