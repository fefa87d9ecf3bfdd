// Reads kombu's URLs of Redis.
#include "collectors/broker/broker_url.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "collectors/support/text.h"
#include "collectors/support/url.h"

namespace airflow_host {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

constexpr std::uint16_t kRedisPort = 6379;
constexpr std::uint16_t kSentinelPort = 26379;
constexpr const char* kSupported =
    "supported are redis://, rediss://, redis+socket:// and sentinel://";

tl::unexpected<Error> Refuse(std::string_view reason) { return RefuseBrokerUrl(reason); }

/// The last value of `name`, as Python's dict(parse_qsl(...)) keeps it; empty values are dropped
/// there.
std::optional<std::string> Find(const Query& query, std::string_view name) {
  const auto found = std::find_if(query.rbegin(), query.rend(), [&](const auto& pair) {
    return pair.first == name && !pair.second.empty();
  });
  if (found == query.rend()) return std::nullopt;
  return found->second;
}

/// kombu takes an empty user or password as none at all.
std::optional<std::string> NotEmpty(std::optional<std::string> text) {
  if (text && text->empty()) text.reset();
  return text;
}

/// `0` from "", "/" and "0": _prepare_virtual_host in kombu/transport/redis.py.
Expected<std::uint32_t> ParseDatabase(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  if (text.empty()) return std::uint32_t{0};
  const std::optional<std::uint64_t> number = ParseUnsigned(text);
  if (!number || *number > std::uint64_t{std::numeric_limits<std::int32_t>::max()}) {
    return Refuse(
        "the database is not a number (in redis://host:6379/0 it is the 0; a password that holds "
        "\"/\", \"?\" or \"@\" must be percent-encoded)");
  }
  return static_cast<std::uint32_t>(*number);
}

Expected<bool> ParseBoolean(std::string_view name, std::string_view text) {
  const std::string lower = Lower(text);
  for (const char* yes : {"true", "1", "yes", "on"}) {
    if (lower == yes) return true;
  }
  for (const char* no : {"false", "0", "no", "off", "none"}) {
    if (lower == no) return false;
  }
  return Refuse(std::string(name) + " is neither true nor false");
}

/// What is checked of the server's certificate.
Expected<void> ReadChecks(const Query& query, TlsSettings& tls) {
  tls.verify_certificate = true;
  if (const auto text = Find(query, "ssl_cert_reqs")) {
    const auto verify = ParseVerification(*text);
    if (!verify) return tl::unexpected(verify.error());
    tls.verify_certificate = *verify;
  }
  if (const auto text = Find(query, "ssl_check_hostname")) {
    const auto check = ParseBoolean("ssl_check_hostname", *text);
    if (!check) return tl::unexpected(check.error());
    if (*check && !tls.verify_certificate) {
      return Refuse("ssl_check_hostname=true needs ssl_cert_reqs=required");
    }
    tls.check_hostname = *check;
  }
  // A check that was asked for is not left out in silence.
  for (const char* name : {"ssl_validate_ocsp", "ssl_validate_ocsp_stapled"}) {
    const auto text = Find(query, name);
    if (!text) continue;
    const auto wanted = ParseBoolean(name, *text);
    if (!wanted) return tl::unexpected(wanted.error());
    if (*wanted) return Refuse(std::string(name) + " is not supported");
  }
  return {};
}

/// `ssl_` options turn TLS on even for redis://, as they do in kombu, and take the place of the
/// defaults as a whole.
Expected<std::optional<TlsSettings>> ReadTls(bool secure_scheme, const Query& query,
                                             const BrokerUrlDefaults& defaults) {
  const bool has_options = std::any_of(query.begin(), query.end(), [](const auto& pair) {
    return pair.first.starts_with("ssl_") && !pair.second.empty();
  });
  if (!has_options) {
    return secure_scheme && !defaults.tls ? std::optional(TlsSettings{}) : defaults.tls;
  }
  TlsSettings tls;
  tls.check_hostname = defaults.check_hostname;
  if (const auto checks = ReadChecks(query, tls); !checks) return tl::unexpected(checks.error());
  tls.authorities_file = Find(query, "ssl_ca_certs").value_or("");
  tls.authorities_directory = Find(query, "ssl_ca_path").value_or("");
  tls.authorities = Find(query, "ssl_ca_data").value_or("");
  tls.certificate_file = Find(query, "ssl_certfile").value_or("");
  tls.key_file = Find(query, "ssl_keyfile").value_or("");
  tls.key_password = Find(query, "ssl_password").value_or("");
  tls.ciphers = Find(query, "ssl_ciphers").value_or("");
  return std::optional(std::move(tls));
}

Expected<BrokerAddress> ReadTcp(const UrlParts& parts, const std::string& scheme,
                                const BrokerUrlDefaults& defaults, BrokerAddress address) {
  const auto endpoint = ParseHostAndPort(parts.authority);
  if (!endpoint) return Refuse(endpoint.error().message);
  const std::optional<std::string> host = PercentDecode(endpoint->host);
  if (!host || host->find('\0') != std::string::npos) return Refuse("the host is not readable");
  address.host = host->empty() ? "127.0.0.1" : Lower(*host);
  address.port = endpoint->port.value_or(scheme == "sentinel" ? kSentinelPort : kRedisPort);
  const auto database = ParseDatabase(parts.path);
  if (!database) return tl::unexpected(database.error());
  address.database = parts.path.empty() ? defaults.database : *database;
  auto tls = ReadTls(scheme == "rediss", parts.query, defaults);
  if (!tls) return tl::unexpected(tls.error());
  address.tls = *std::move(tls);
  return address;
}

Expected<BrokerAddress> ReadSocket(const UrlParts& parts, BrokerAddress address) {
  if (!parts.authority.empty()) {
    return Refuse(
        "a socket's path is absolute, so three slashes stand before it: "
        "redis+socket:///run/redis/redis.sock");
  }
  if (parts.path.empty()) return Refuse("redis+socket:// names no socket");
  if (parts.path.find('\0') != std::string::npos) return Refuse("the path is not readable");
  address.socket_path = "/" + parts.path;
  const auto database = ParseDatabase(Find(parts.query, "virtual_host").value_or(""));
  if (!database) return tl::unexpected(database.error());
  address.database = *database;
  return address;
}

/// The scheme is shown only where it looks like one: what stands before "://" may be anything.
std::string ShownScheme(const std::string& scheme) {
  const bool plain =
      scheme.size() <= 20 && std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  return plain ? scheme + "://" : std::string("an unknown scheme");
}

}  // namespace

Expected<bool> ParseVerification(std::string_view text) {
  const std::string lower = Lower(text);
  if (lower == "cert_none" || lower == "none") return false;
  for (const char* checked : {"cert_required", "required", "cert_optional", "optional"}) {
    if (lower == checked) return true;
  }
  return Refuse("ssl_cert_reqs is none of required, optional, none");
}

tl::unexpected<Error> RefuseBrokerUrl(std::string_view reason) {
  return Fail(ErrorKind::kMalformed, "cannot use the Celery broker URL: " + std::string(reason));
}

std::string BrokerAddress::Where() const {
  std::string where = "Redis at ";
  if (!socket_path.empty()) return where + Printable(socket_path, 200);
  const bool is_v6 = host.find(':') != std::string::npos;
  const std::string shown = Printable(host, 200);
  where += is_v6 ? "[" + shown + "]" : shown;
  return where + ":" + std::to_string(port) + (tls ? " (TLS)" : "");
}

std::string SchemeOf(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string() : Lower(url.substr(0, end));
}

Expected<BrokerAddress> ParseBrokerUrl(std::string_view url, const BrokerUrlDefaults& defaults) {
  auto parts = ParseUrl(url, UrlRule::kUrllib);
  if (!parts) return Refuse(parts.error().message);
  const std::string scheme = Lower(parts->scheme);
  BrokerAddress address;
  address.user = NotEmpty(parts->user);
  address.password = NotEmpty(parts->password);
  if (scheme == "redis+socket") return ReadSocket(*parts, std::move(address));
  if (scheme == "redis" || scheme == "rediss" || scheme == "sentinel") {
    return ReadTcp(*parts, scheme, defaults, std::move(address));
  }
  return Refuse("it is of " + ShownScheme(scheme) + "; " + kSupported);
}

}  // namespace airflow_host
