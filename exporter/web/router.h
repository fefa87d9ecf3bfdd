// Which path shows which page, and which methods it takes. Pure but for what the pages read: no
// socket, so that every answer can be tested without one.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "collectors/support/error.h"
#include "exporter/board.h"
#include "exporter/web/http.h"
#include "exporter/web/metrics_page.h"
#include "exporter/web/status_page.h"

namespace airflow_host {

/// What can be set about the pages. A plain value.
struct RouterSettings {
  /// Where the metrics are: --web.telemetry-path.
  std::string telemetry_path = "/metrics";
  /// Pages rendered at once before further requests get a 503: --web.max-requests. 0: no limit.
  int max_requests = 40;
};

/// Nothing where `path` can be the telemetry path, or a sentence that says why it cannot: it begins
/// with "/", is made of letters, digits, "-", "_" and ".", and is no other page's. Any thread.
Expected<void> CheckTelemetryPath(std::string_view path);

/// Answers requests: the telemetry path, "/", "/healthz" (200 while the process lives), "/readyz"
/// (503 until every collector has finished its first attempt); paths are compared exactly, anything
/// else is a 404. Safe to call from any thread.
class Router {
 public:
  /// Gives what the status page shows. Called from the server's threads, several at once.
  using StatusSource = std::function<StatusPageInput()>;

  /// `board` and `metrics` outlive the router. `settings.telemetry_path` has passed
  /// CheckTelemetryPath.
  Router(RouterSettings settings, const Board& board, const MetricsPage& metrics,
         StatusSource status)
      : settings_(std::move(settings)),
        board_(board),
        metrics_(metrics),
        status_(std::move(status)) {}

  /// The answer to a GET with its body; the same one to a HEAD, whose body the server leaves out.
  /// Compressed where the client takes that.
  HttpResponse Handle(const HttpRequest& request);

 private:
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse Rendered(const HttpRequest& request);
  HttpResponse Metrics(const HttpRequest& request) const;
  HttpResponse Status() const;
  HttpResponse Readiness() const;

  const RouterSettings settings_;
  const Board& board_;
  const MetricsPage& metrics_;
  const StatusSource status_;
  std::atomic<int> rendering_ = 0;
};

}  // namespace airflow_host
