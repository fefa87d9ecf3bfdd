// Routes a request to its page and gives every response the headers that keep browsers safe.
#include "exporter/web/router.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "exporter/web/gzip.h"
#include "exporter/web/kills_page.h"

namespace airflow_host {
namespace {

constexpr std::string_view kStatusPath = "/";
constexpr std::string_view kHealthPath = "/healthz";
constexpr std::string_view kReadyPath = "/readyz";

HttpResponse PlainText(int status, std::string sentence) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(sentence) + "\n";
  return response;
}

/// The pages load nothing, run nothing and are shown in no frame; the one style sheet is inline.
void AddSecurityHeaders(HttpResponse& response) {
  response.headers.insert(
      response.headers.end(),
      {{"Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"},
       {"X-Content-Type-Options", "nosniff"},
       {"Referrer-Policy", "no-referrer"},
       {"Cache-Control", "no-store"}});
}

/// Compresses the body where that is worth it and wanted.
void Compress(const HttpRequest& request, HttpResponse& response) {
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (response.body.size() < kSmallestCompressed) return;
  if (!AcceptsGzip(request.Header("Accept-Encoding"))) return;
  std::optional<std::string> packed = Gzip(response.body);
  if (!packed) return;
  response.body = *std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

HttpResponse Router::Handle(const HttpRequest& request) {
  HttpResponse response = Answer(request);
  AddSecurityHeaders(response);
  return response;
}

HttpResponse Router::Answer(const HttpRequest& request) {
  const bool rendered =
      request.path == kStatusPath || request.path == telemetry_path_ || request.path == kKillsPath;
  if (!rendered && request.path != kHealthPath && request.path != kReadyPath) {
    return PlainText(404, "Nothing is here. The pages are " + telemetry_path_ + ", /, " +
                              std::string(kKillsPath) + ", /healthz and /readyz.");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = PlainText(405, "This page can only be read: use GET or HEAD.");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (rendered) return Rendered(request);
  // Liveness and readiness are never refused: whoever asks would restart a busy exporter.
  return request.path == kHealthPath ? PlainText(200, "ok") : Readiness();
}

HttpResponse Router::Rendered(const HttpRequest& request) {
  HttpResponse response = request.path == kStatusPath  ? Status()
                          : request.path == kKillsPath ? Kills()
                                                       : Metrics(request);
  if (response.status == 200) Compress(request, response);
  return response;
}

HttpResponse Router::Metrics(const HttpRequest& request) const {
  std::vector<std::string_view> known;
  for (const BoardEntry& entry : board_.Read()) known.push_back(entry.row->name);
  const auto choice = ParseCollectorFilter(request.query, known);
  if (!choice) return PlainText(400, choice.error().message);
  const ExpositionFormat format = ChooseFormat(request.Header("Accept"));
  HttpResponse response;
  response.content_type = ContentType(format);
  response.body = metrics_.Render(*choice, format);
  return response;
}

HttpResponse Router::Status() const {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.body = RenderStatusPage(status_(), telemetry_path_);
  return response;
}

HttpResponse Router::Kills() const {
  HttpResponse response;
  response.content_type = "application/json";
  response.body = RenderKillsJson(*kills_());
  return response;
}

HttpResponse Router::Readiness() const {
  if (board_.Ready()) return PlainText(200, "ready");
  std::string waiting;
  for (const BoardEntry& entry : board_.Read()) {
    if (StateOf(entry) != CollectorState::kWaiting) continue;
    if (!waiting.empty()) waiting += ", ";
    waiting += entry.row->name;
  }
  return PlainText(503, "Waiting for the first reading of: " + waiting + ".");
}

}  // namespace airflow_host
