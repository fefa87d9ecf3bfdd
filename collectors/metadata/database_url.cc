// SQLAlchemy's database URLs, as Airflow's settings hold them:
//
//   postgresql+psycopg2://airflow:p%40ss@db.example:5432/airflow?sslmode=require
//   postgresql://airflow:airflow@/airflow?host=/var/run/postgresql
//
// https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls, and for hosts in the query
// https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#specifying-multiple-fallback-hosts
#include "collectors/metadata/database_url.h"

#include <algorithm>
#include <array>
#include <string>

#include "collectors/support/text.h"
#include "collectors/support/url.h"

namespace airflow_host {
namespace {

constexpr std::string_view kSupported =
    "the metadata collector supports PostgreSQL "
    "(postgresql+psycopg2://user:password@host/database)";

/// Why `dialect` (the scheme without its driver) cannot be observed.
Error Unsupported(std::string_view dialect) {
  std::string message;
  if (dialect == "sqlite") {
    message = "the URL names a SQLite file, which no server answers for; ";
  } else if (dialect == "mysql" || dialect == "mariadb") {
    message = "the URL names a MySQL or MariaDB server; ";
  } else {
    message = "the URL names no PostgreSQL database; ";
  }
  return Error{ErrorKind::kMalformed, message.append(kSupported)};
}

/// Hosts and ports side by side, as libpq's comma-separated `host` and `port` want them.
struct Hosts {
  std::string hosts;
  std::string ports;
  std::string shown;
  bool any_port = false;
  bool any = false;

  void Add(std::string_view host, std::string_view port) {
    if (any) {
      hosts.push_back(',');
      ports.push_back(',');
      shown.push_back(',');
    }
    any = true;
    any_port = any_port || !port.empty();
    hosts.append(host);
    ports.append(port);
    const bool v6 = host.find(':') != std::string_view::npos && host.front() != '/';
    shown.append(v6 ? "[" : "").append(host).append(v6 ? "]" : "");
    if (!port.empty()) shown.append(":").append(port);
  }
};

/// Adds each of the comma-separated `list` ("a:5432,[::1],/run/postgresql").
Expected<void> AddHosts(std::string_view list, Hosts& hosts) {
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view one = list.substr(0, comma);
    if (!one.empty() && (one.front() == '/' || one.front() == '@')) {
      hosts.Add(one, "");
    } else {
      const auto parsed = ParseHostAndPort(one);
      if (!parsed) {
        return Fail(ErrorKind::kMalformed, "the database URL's host: " + parsed.error().message);
      }
      hosts.Add(parsed->host, parsed->port ? std::to_string(*parsed->port) : std::string());
    }
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

/// SQLAlchemy's `host=` in the query takes the place of the authority; several are several hosts.
Expected<Hosts> HostsOf(const UrlParts& url) {
  Hosts hosts;
  for (const auto& [name, value] : url.query) {
    if (name != "host" || value.empty()) continue;
    // A bare IPv6 address has colons and no port.
    if (std::count(value.begin(), value.end(), ':') > 1 && value.front() != '[' &&
        value.find(',') == std::string::npos) {
      hosts.Add(value, "");
    } else if (auto added = AddHosts(value, hosts); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (hosts.any || url.authority.empty()) return hosts;
  if (auto added = AddHosts(url.authority, hosts); !added) return tl::unexpected(added.error());
  return hosts;
}

/// Keywords of libpq are lower-case words; anything else would break out of the conninfo string.
bool IsKeyword(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
  });
}

/// What SQLAlchemy's dialects keep for themselves or for another driver than libpq.
bool IsForAnotherDriver(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames = {"prepared_statement_cache_size",
                                                      "prepared_statement_name_func",
                                                      "async_fallback", "prepare_threshold"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

void Set(DatabaseAddress& address, std::string_view name, std::string_view value) {
  auto& parameters = address.parameters;
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& pair) { return pair.first == name; });
  if (found != parameters.end()) {
    found->second = value;
  } else {
    parameters.emplace_back(name, value);
  }
  if (name == "password" || name == "sslpassword") {
    if (!value.empty()) address.secrets.emplace_back(value);
  }
}

Expected<void> SetQuery(const UrlParts& url, DatabaseAddress& address) {
  for (const auto& [name, value] : url.query) {
    if (name == "host" || IsForAnotherDriver(name)) continue;
    if (!IsKeyword(name)) {
      return Fail(ErrorKind::kMalformed,
                  "the database URL's query holds a parameter whose name libpq cannot know; names "
                  "are lower-case words such as sslmode");
    }
    // asyncpg's name for it: https://magicstack.github.io/asyncpg/current/api/index.html
    Set(address, name == "ssl" ? std::string_view("sslmode") : std::string_view(name), value);
  }
  return {};
}

/// libpq takes a C string: a NUL byte would cut it off unnoticed.
bool HoldsNul(const DatabaseAddress& address) {
  return std::any_of(address.parameters.begin(), address.parameters.end(),
                     [](const auto& pair) { return pair.second.find('\0') != std::string::npos; });
}

std::string ValueOf(const DatabaseAddress& address, std::string_view name) {
  for (const auto& [key, value] : address.parameters) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

Expected<DatabaseAddress> ParseDatabaseUrl(std::string_view text) {
  const auto url = ParseUrl(text, UrlRule::kSqlAlchemy);
  if (!url) {
    std::string message = "the database URL cannot be read: " + url.error().message + "; ";
    return Fail(ErrorKind::kMalformed, message.append(kSupported));
  }
  const std::string dialect = url->scheme.substr(0, url->scheme.find('+'));
  if (dialect != "postgresql" && dialect != "postgres") return tl::unexpected(Unsupported(dialect));

  auto hosts = HostsOf(*url);
  if (!hosts) return tl::unexpected(hosts.error());
  DatabaseAddress address;
  if (!hosts->hosts.empty()) Set(address, "host", hosts->hosts);
  if (hosts->any_port) Set(address, "port", hosts->ports);
  if (url->user && !url->user->empty()) Set(address, "user", *url->user);
  if (url->password) Set(address, "password", *url->password);
  if (!url->path.empty()) Set(address, "dbname", url->path);
  if (auto set = SetQuery(*url, address); !set) return tl::unexpected(set.error());
  if (HoldsNul(address)) {
    return Fail(ErrorKind::kMalformed, "the database URL holds a NUL byte (%00)");
  }
  const std::string host = hosts->hosts.empty() ? "(local socket)" : hosts->shown;
  address.shown = Printable(host + "/" + ValueOf(address, "dbname"), 200);
  return address;
}

}  // namespace airflow_host
