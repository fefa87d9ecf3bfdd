// Requests and responses as the pages know them: plain values, no socket. The server fills the one
// and writes the other.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/support/clock.h"

namespace airflow_host {

/// One request. Its texts belong to the server and live as long as the request is answered.
struct HttpRequest {
  std::string_view method;  ///< "GET", as sent.
  std::string_view path;    ///< Percent-decoded, without the query.
  std::string_view query;   ///< What follows "?", as sent; empty where there is none.
  /// Names as sent, in order; one name may come several times.
  std::vector<std::pair<std::string_view, std::string_view>> headers;

  /// All values of the header `name` (in any case), joined by ", " as RFC 9110 section 5.3 allows.
  std::string Header(std::string_view name) const;
};

/// One response. Content-Length, Connection and Date are added when it is written.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Answers a request. Called from several threads at once; an exception becomes a 500.
using RequestHandler = std::function<HttpResponse(const HttpRequest&)>;

/// True where two texts are the same but for the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

/// `time` as HTTP writes it: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string HttpDate(SystemTime time);

/// Status line and headers of `response`, up to and with the empty line. The connection is closed
/// after each response. Any thread.
std::string ResponseHead(const HttpResponse& response, SystemTime now);

}  // namespace airflow_host
