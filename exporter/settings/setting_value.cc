// Turns the text of a setting into its value.
#include "exporter/settings/setting_value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "collectors/broker/broker_servers.h"
#include "collectors/metadata/database_url.h"
#include "collectors/support/text.h"
#include "collectors/support/url.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestQuote = 80;
/// A priority is a byte in AMQP, and each step is one LLEN per queue.
constexpr std::uint64_t kHighestPriority = 255;
constexpr std::size_t kMostPrioritySteps = 16;
constexpr milliseconds kLongestDuration = std::chrono::hours(24 * 3650);

/// From the largest to the smallest, so that the first that fits is the one to show.
constexpr std::array<std::pair<std::string_view, milliseconds>, 5> kUnits{{
    {"d", std::chrono::hours(24)},
    {"h", std::chrono::hours(1)},
    {"m", std::chrono::minutes(1)},
    {"s", std::chrono::seconds(1)},
    {"ms", milliseconds(1)},
}};

/// Pages that the program serves besides the metrics; "/api/" covers all below it.
constexpr std::array<std::string_view, 5> kOtherPages{"/", "/healthz", "/readyz", "/api",
                                                      "/favicon.ico"};

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

tl::unexpected<Error> Wants(std::string_view what, std::string_view text) {
  return Fail(ErrorKind::kMalformed, "wants " + std::string(what) + ", not " + Quoted(text));
}

std::optional<milliseconds> UnitOf(std::string_view name) {
  for (const auto& [unit, length] : kUnits) {
    if (unit == name) return length;
  }
  return std::nullopt;
}

/// Takes one "90s" off `rest`.
std::optional<milliseconds> TakeDurationPart(std::string_view& rest) {
  const auto digits_end = std::find_if_not(rest.begin(), rest.end(), IsDigit);
  const auto unit_end = std::find_if(digits_end, rest.end(), IsDigit);
  const auto digits = static_cast<std::size_t>(digits_end - rest.begin());
  const auto length = static_cast<std::size_t>(unit_end - rest.begin());
  const auto number = ParseUnsigned(rest.substr(0, digits));
  const auto unit = UnitOf(rest.substr(digits, length - digits));
  rest.remove_prefix(length);
  if (!number || !unit) return std::nullopt;
  if (*number > static_cast<std::uint64_t>(kLongestDuration / *unit)) return std::nullopt;
  return *unit * static_cast<milliseconds::rep>(*number);
}

bool IsHostName(std::string_view host) {
  const bool numeric =
      std::all_of(host.begin(), host.end(), [](char byte) { return IsDigit(byte) || byte == '.'; });
  return !numeric && std::all_of(host.begin(), host.end(), [](unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '.' || byte == '-';
  });
}

bool IsAddress(int family, const std::string& host) {
  in6_addr address{};
  return ::inet_pton(family, host.c_str(), &address) == 1;
}

}  // namespace

std::string Quoted(std::string_view text) {
  const bool may_hold_secret = text.find("://") != std::string_view::npos;
  return '"' + (may_hold_secret ? WithoutSecrets(text) : Printable(text, kLongestQuote)) + '"';
}

Expected<bool> ParseSwitch(std::string_view text) {
  const std::string lower = Lower(text);
  for (const char* word : {"true", "yes", "on", "1"}) {
    if (lower == word) return true;
  }
  for (const char* word : {"false", "no", "off", "0"}) {
    if (lower == word) return false;
  }
  return Wants("true or false", text);
}

Expected<milliseconds> ParseDuration(std::string_view text) {
  constexpr const char* kWanted = "a duration such as 500ms, 90s, 30m, 1h or 1d";
  if (text.empty()) return Wants(kWanted, text);
  milliseconds total{0};
  for (std::string_view rest = text; !rest.empty();) {
    const auto part = TakeDurationPart(rest);
    if (!part) return Wants(kWanted, text);
    total += *part;
    if (total > kLongestDuration) return Wants("a duration of at most ten years", text);
  }
  return total;
}

std::string DurationText(milliseconds duration) {
  for (const auto& [unit, length] : kUnits) {
    if (duration.count() != 0 && duration % length == milliseconds(0)) {
      return std::to_string(duration / length).append(unit);
    }
  }
  return "0s";
}

Expected<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t least,
                                    std::uint32_t most) {
  const auto number = ParseUnsigned(text);
  if (number && *number >= least && *number <= most) return static_cast<std::uint32_t>(*number);
  return Wants("a whole number from " + std::to_string(least) + " to " + std::to_string(most),
               text);
}

Expected<ListenAddress> ParseListenAddress(std::string_view text) {
  constexpr const char* kWanted = "an address such as 0.0.0.0:10132, :10132 or [::1]:10132";
  // A port of 0 is none in a URL, but here it asks the kernel to choose one.
  const bool any_port = text.ends_with(":0") && !text.ends_with("::0");
  const auto parsed = ParseHostAndPort(any_port ? text.substr(0, text.size() - 2) : text);
  if (!parsed || parsed->port.has_value() == any_port) return Wants(kWanted, text);
  const std::string& host = parsed->host;
  const bool bracketed = text.front() == '[';
  const bool valid = bracketed ? IsAddress(AF_INET6, host)
                               : host.empty() || IsAddress(AF_INET, host) || IsHostName(host);
  if (!valid) return Wants(kWanted, text);
  return ListenAddress{host, parsed->port.value_or(0)};
}

Expected<std::string> ParseTelemetryPath(std::string_view text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](unsigned char byte) {
    return std::isalnum(byte) != 0 ||
           std::string_view("/-_.").find(static_cast<char>(byte)) != std::string_view::npos;
  });
  // What a server or proxy tidies up ("//", "/./", a slash at the end) could never be asked for.
  const bool tidy = text.find("//") == std::string_view::npos &&
                    text.find("/.") == std::string_view::npos &&
                    (text == "/" || !text.ends_with('/'));
  if (!text.starts_with('/') || !tidy || !clean) {
    return Wants("a path such as /metrics (letters, digits, - _ . and single slashes)", text);
  }
  const bool taken = std::find(kOtherPages.begin(), kOtherPages.end(), text) != kOtherPages.end() ||
                     text.starts_with("/api/");
  if (taken) return Wants("a path that is not another page of this program", text);
  return std::string(text);
}

Expected<std::string> ParseMountPath(std::string_view text) {
  if (!text.starts_with('/')) return Wants("an absolute path", text);
  while (text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

Expected<std::string> ParseFileName(std::string_view text) {
  if (text.find("://") != std::string_view::npos) return Wants("the name of a file", text);
  return std::string(text);
}

Expected<LogLevel> ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "error") return LogLevel::kError;
  return Wants("debug, info, warn or error", text);
}

Expected<LogFormat> ParseLogFormat(std::string_view text) {
  if (text == "logfmt") return LogFormat::kLogfmt;
  if (text == "json") return LogFormat::kJson;
  return Wants("logfmt or json", text);
}

Expected<std::string> CheckedDatabaseUrl(std::string_view text) {
  const auto address = ParseDatabaseUrl(text);
  if (address) return std::string(text);
  return Fail(ErrorKind::kMalformed, "is of no use: " + address.error().message);
}

Expected<std::string> CheckedBrokerUrl(std::string_view text) {
  const auto servers = ParseBrokerServers(text);
  if (servers) return std::string(text);
  return Fail(ErrorKind::kMalformed, "is of no use: " + servers.error().message);
}

Expected<std::vector<int>> ParsePrioritySteps(std::string_view text) {
  constexpr const char* kWanted = "priorities from 0 to 255 such as 0,3,6,9";
  std::string_view inner = Trim(text);
  if (inner.starts_with('[') && inner.ends_with(']')) inner = inner.substr(1, inner.size() - 2);
  std::vector<int> steps;
  for (const std::string& part : SplitList(inner)) {
    const auto step = ParseUnsigned(part);
    if (!step || *step > kHighestPriority) return Wants(kWanted, text);
    steps.push_back(static_cast<int>(*step));
  }
  if (steps.empty() || steps.size() > kMostPrioritySteps) return Wants(kWanted, text);
  return steps;
}

Expected<std::string> CheckedSentinelOptions(std::string_view text) {
  const auto options = ParseSentinelOptions(text);
  if (options) return std::string(text);
  return Fail(ErrorKind::kMalformed, options.error().message);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  if (Trim(text).empty()) return parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(Trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace airflow_host
