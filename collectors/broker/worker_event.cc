// Reads the events of workers.
#include "collectors/broker/worker_event.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace airflow_host {
namespace {

using Json = nlohmann::json;

/// RFC 1035: a host name has at most 255 bytes; the rest is for "celery@" and what users put there.
constexpr std::size_t kLongestName = 400;
/// 2100-01-01; no worker's clock that is right shows more.
constexpr double kLatestSecond = 4'102'444'800.0;
constexpr double kLongestPeriod = 86'400.0;

tl::unexpected<Error> Malformed(const char* why) {
  return Fail(ErrorKind::kMalformed, std::string("a worker's event cannot be read: ") + why);
}

/// The value of a digit of base64, or -1.
int DigitValue(char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  if (digit == '+') return 62;
  if (digit == '/') return 63;
  return -1;
}

/// RFC 4648, with or without the padding at the end.
std::optional<std::string> DecodeBase64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char digit : text) {
    const int value = DigitValue(digit);
    if (value < 0) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU));
  }
  return bytes;
}

/// The object that `text` is as a whole. Without exceptions: what is no JSON is "discarded".
Json ParseObject(std::string_view text) {
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  return json.is_object() ? json : Json();
}

const std::string* FindText(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

std::optional<double> FindNumber(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto number = found->get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> FindCount(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

/// What the envelope holds, its base64 undone.
std::optional<std::string> BodyOf(const Json& envelope) {
  const std::string* const body = FindText(envelope, "body");
  if (body == nullptr) return std::nullopt;
  const auto properties = envelope.find("properties");
  const bool has = properties != envelope.end() && properties->is_object();
  const std::string* const encoding = has ? FindText(*properties, "body_encoding") : nullptr;
  if (encoding != nullptr && *encoding == "base64") return DecodeBase64(*body);
  return *body;
}

std::optional<WorkerEvent::Kind> KindOf(const std::string& type) {
  using Kind = WorkerEvent::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds{{
      {"worker-heartbeat", Kind::kHeartbeat},
      {"worker-online", Kind::kOnline},
      {"worker-offline", Kind::kOffline},
  }};
  for (const auto& [name, kind] : kKinds) {
    if (type == name) return kind;
  }
  return std::nullopt;
}

Expected<WorkerEvent> ReadEvent(const Json& body) {
  const std::string* const type = FindText(body, "type");
  const auto kind = type == nullptr ? std::nullopt : KindOf(*type);
  if (!kind) return Malformed("its type is none of a worker's");
  const std::string* const hostname = FindText(body, "hostname");
  if (hostname == nullptr || hostname->empty() || hostname->size() > kLongestName) {
    return Malformed("it names no worker");
  }
  WorkerEvent event;
  event.kind = *kind;
  event.worker = *hostname;
  const auto at = FindNumber(body, "timestamp");
  if (at && *at > 0 && *at < kLatestSecond) event.at = FromSecondsSinceEpoch(*at);
  const auto period = FindNumber(body, "freq");
  if (period && *period > 0 && *period <= kLongestPeriod) {
    event.period = std::chrono::milliseconds(std::llround(*period * 1000));
  }
  event.active = FindCount(body, "active");
  event.processed = FindCount(body, "processed");
  return event;
}

}  // namespace

Expected<WorkerEvent> ParseWorkerEvent(std::string_view message) {
  if (message.size() > kLongestWorkerEvent) return Malformed("it is too long");
  const Json envelope = ParseObject(message);
  if (!envelope.is_object()) return Malformed("its envelope is no JSON object");
  const auto body = BodyOf(envelope);
  if (!body) return Malformed("it has no body");
  const Json content = ParseObject(*body);
  if (!content.is_object()) {
    return Malformed("its body is no JSON object (Celery's event_serializer is json by default)");
  }
  return ReadEvent(content);
}

}  // namespace airflow_host
