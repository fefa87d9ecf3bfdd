// Parses HTTP/1.1 answers as far as the engine uses the protocol: a status line, headers, and a
// body by Content-Length, in chunks, or up to the connection's end.
#include <charconv>

#include "collectors/container/engine_response.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadersEnd = "\r\n\r\n";
constexpr std::size_t kLongestHeaders = 16 * 1024;

struct Headers {
  int status = 0;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
};

char Lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool SameWord(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (Lower(left[at]) != Lower(right[at])) return false;
  }
  return true;
}

/// "HTTP/1.1 200 OK" gives 200.
std::optional<int> ParseStatusLine(std::string_view line) {
  const auto version = TakeField(line);
  const auto status = TakeField(line);
  if (!version || !version->starts_with("HTTP/1.") || !status || status->size() != 3) {
    return std::nullopt;
  }
  const auto number = ParseUnsigned(*status);
  return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

std::optional<Headers> ParseHeaders(std::string_view text) {
  const auto first = TakeLine(text);
  const auto status = first ? ParseStatusLine(Trim(*first)) : std::nullopt;
  if (!status) return std::nullopt;
  Headers headers;
  headers.status = *status;
  while (const auto line = TakeLine(text)) {
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line->substr(0, colon);
    const std::string_view value = Trim(line->substr(colon + 1));
    if (SameWord(name, "Content-Length")) {
      headers.content_length = ParseUnsigned(value);
      if (!headers.content_length) return std::nullopt;
    }
    if (SameWord(name, "Transfer-Encoding")) headers.chunked = SameWord(value, "chunked");
  }
  return headers;
}

/// The size in hexadecimal at the begin of "1f4;extension".
std::optional<std::size_t> ParseChunkSize(std::string_view line) {
  std::size_t size = 0;
  const char* const end = line.data() + line.size();
  const auto [stopped, failure] = std::from_chars(line.data(), end, size, 16);
  const bool whole = stopped == end || *stopped == ';' || *stopped == ' ';
  return failure == std::errc{} && whole ? std::optional<std::size_t>(size) : std::nullopt;
}

enum class Progress { kDone, kNeedsMore, kMalformed };

/// Appends the chunks of `rest` to `body`. Trailers behind the last chunk are not waited for.
Progress TakeChunks(std::string_view rest, std::string& body) {
  for (;;) {
    const std::size_t line_end = rest.find(kLineEnd);
    if (line_end == std::string_view::npos) {
      return rest.size() > kLongestHeaders ? Progress::kMalformed : Progress::kNeedsMore;
    }
    const auto size = ParseChunkSize(rest.substr(0, line_end));
    if (!size) return Progress::kMalformed;
    if (*size == 0) return Progress::kDone;
    rest.remove_prefix(line_end + kLineEnd.size());
    if (rest.size() < kLineEnd.size() || rest.size() - kLineEnd.size() < *size) {
      return Progress::kNeedsMore;
    }
    body.append(rest.substr(0, *size));
    rest.remove_prefix(*size);
    if (!rest.starts_with(kLineEnd)) return Progress::kMalformed;
    rest.remove_prefix(kLineEnd.size());
  }
}

Progress TakeBody(const Headers& headers, std::string_view rest, bool ended, std::string& body) {
  if (headers.chunked) return TakeChunks(rest, body);
  if (headers.content_length) {
    if (rest.size() < *headers.content_length) return Progress::kNeedsMore;
    body = rest.substr(0, static_cast<std::size_t>(*headers.content_length));
    return Progress::kDone;
  }
  if (!ended) return Progress::kNeedsMore;
  body = rest;
  return Progress::kDone;
}

tl::unexpected<Error> NotHttp(std::string_view why) {
  return Fail(ErrorKind::kMalformed, "the answer is not HTTP: " + std::string(why));
}

}  // namespace

Expected<std::optional<EngineResponse>> ParseEngineResponse(std::string_view bytes, bool ended) {
  const std::size_t end = bytes.substr(0, kLongestHeaders).find(kHeadersEnd);
  if (end == std::string_view::npos) {
    if (ended) return NotHttp("it ends within its headers");
    if (bytes.size() >= kLongestHeaders) return NotHttp("its headers do not end");
    return std::nullopt;
  }
  const auto headers = ParseHeaders(bytes.substr(0, end));
  if (!headers) return NotHttp("its headers cannot be understood");
  EngineResponse response;
  response.status = headers->status;
  const std::string_view rest = bytes.substr(end + kHeadersEnd.size());
  switch (TakeBody(*headers, rest, ended, response.body)) {
    case Progress::kDone:
      return response;
    case Progress::kMalformed:
      return NotHttp("its chunks cannot be understood");
    case Progress::kNeedsMore:
      break;
  }
  if (ended) return NotHttp("it ends within its body");
  return std::nullopt;
}

}  // namespace airflow_host
