// Takes URLs apart, and hides what is secret in them.
#include "collectors/support/url.h"

#include <algorithm>
#include <limits>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

std::optional<unsigned> HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10U;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10U;
  return std::nullopt;
}

/// Where the pieces of a URL begin and end, nothing decoded.
struct RawUrl {
  std::string_view scheme;
  std::optional<std::string_view> userinfo;
  std::string_view authority;
  std::string_view path;  ///< With its leading slash.
  std::string_view query;
};

/// Where the "@" that ends the user's part stands in what follows "://"; npos where there is none.
std::size_t UserinfoEnd(std::string_view rest, UrlRule rule) {
  if (rule == UrlRule::kSqlAlchemy) {
    const std::size_t stop = rest.find_first_of(":/");
    if (stop != std::string_view::npos && rest[stop] == ':') {
      const std::size_t at = rest.find('@', stop);
      if (at != std::string_view::npos) return at;
    }
    return rest.substr(0, stop).rfind('@');
  }
  return rest.substr(0, rest.find_first_of("/?")).rfind('@');
}

/// Splits what follows "://", given where its user's part ends.
RawUrl SplitAt(std::string_view scheme, std::string_view rest, std::size_t userinfo_end) {
  RawUrl raw;
  raw.scheme = scheme;
  if (userinfo_end != std::string_view::npos) {
    raw.userinfo = rest.substr(0, userinfo_end);
    rest.remove_prefix(userinfo_end + 1);
  }
  const std::size_t query = rest.find('?');
  if (query != std::string_view::npos) {
    raw.query = rest.substr(query + 1);
    rest = rest.substr(0, query);
  }
  const std::size_t slash = rest.find('/');
  raw.authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) raw.path = rest.substr(slash);
  return raw;
}

/// The scheme and what follows its "://"; nothing where there is no scheme.
std::optional<std::pair<std::string_view, std::string_view>> TakeScheme(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  return std::pair(url.substr(0, end), url.substr(end + 3));
}

/// A query's pairs; as urllib's parse_qsl, but for names without a value.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    std::string pair(query.substr(0, end));
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const std::size_t equals = pair.find('=');
    const bool has_value = equals != std::string::npos;
    pairs.emplace_back(PercentDecode(std::string_view(pair).substr(0, equals)),
                       has_value ? PercentDecode(std::string_view(pair).substr(equals + 1)) : "");
  }
  return pairs;
}

bool SpeaksOfASecret(std::string_view name) {
  const std::string lower = Lower(name);
  const auto holds = [&](const char* word) { return lower.find(word) != std::string::npos; };
  if (holds("password") || holds("secret") || holds("token")) return !holds("file");
  return lower == "key";
}

void AppendQueryWithoutSecrets(std::string_view query, std::string& shown) {
  char separator = '?';
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    shown.push_back(separator);
    separator = '&';
    shown.append(name);
    if (name.size() == pair.size()) continue;
    shown.append(SpeaksOfASecret(name) ? "=***" : pair.substr(name.size()));
  }
}

}  // namespace

std::string PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool may_escape = text[at] == '%' && text.size() - at > 2;
    const auto high = may_escape ? HexDigit(text[at + 1]) : std::nullopt;
    const auto low = may_escape ? HexDigit(text[at + 2]) : std::nullopt;
    if (!high || !low) {
      decoded.push_back(text[at]);
      continue;
    }
    decoded.push_back(static_cast<char>(*high * 16U + *low));
    at += 2;
  }
  return decoded;
}

Expected<UrlParts> ParseUrl(std::string_view url, UrlRule rule) {
  const auto pieces = TakeScheme(url);
  if (!pieces) return Fail(ErrorKind::kMalformed, "it does not begin with a scheme and ://");
  const RawUrl raw = SplitAt(pieces->first, pieces->second, UserinfoEnd(pieces->second, rule));
  UrlParts parts;
  parts.scheme = raw.scheme;
  parts.authority = raw.authority;
  if (raw.userinfo) {
    const std::size_t colon = raw.userinfo->find(':');
    parts.user = PercentDecode(raw.userinfo->substr(0, colon));
    if (colon != std::string_view::npos) {
      parts.password = PercentDecode(raw.userinfo->substr(colon + 1));
    }
  }
  parts.path = raw.path.empty() ? raw.path : raw.path.substr(1);
  if (rule == UrlRule::kUrllib) parts.path = PercentDecode(parts.path);
  parts.query = ParseQuery(raw.query);
  return parts;
}

Expected<HostAndPort> ParseHostAndPort(std::string_view text) {
  HostAndPort result;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) {
      return Fail(ErrorKind::kMalformed, "an IPv6 address lacks its closing bracket");
    }
    result.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') {
      return Fail(ErrorKind::kMalformed, "after an IPv6 address only a port may follow");
    }
  } else {
    const std::size_t colon = text.find(':');
    result.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (port.size() <= 1) return result;
  const std::optional<std::uint64_t> number = ParseUnsigned(port.substr(1));
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint16_t>::max()) {
    return Fail(ErrorKind::kMalformed, "the port is not a number from 1 to 65535");
  }
  result.port = static_cast<std::uint16_t>(*number);
  return result;
}

std::string WithoutSecrets(std::string_view url) {
  const auto pieces = TakeScheme(url);
  if (!pieces) return "(not a URL)";
  // The last "@" of all: a password with unescaped "@", "/" or "?" in it must not be shown either.
  const RawUrl raw = SplitAt(pieces->first, pieces->second, pieces->second.rfind('@'));
  std::string shown(raw.scheme);
  shown.append("://");
  if (raw.userinfo) {
    const std::size_t colon = raw.userinfo->find(':');
    shown.append(raw.userinfo->substr(0, colon));
    if (colon != std::string_view::npos) shown.append(":***");
    shown.append("@");
  }
  shown.append(raw.authority).append(raw.path);
  AppendQueryWithoutSecrets(raw.query, shown);
  return Printable(shown, 500);
}

}  // namespace airflow_host
