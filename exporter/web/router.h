// Which path shows which page, and which methods it takes. Pure but for what the pages read: no
// socket, so that every answer can be tested without one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/board.h"
#include "exporter/insight/kill_report.h"
#include "exporter/web/http.h"
#include "exporter/web/metrics_page.h"
#include "exporter/web/status_page.h"

namespace airflow_host {

/// Answers requests: the telemetry path, "/", "/api/v1/oom-kills", "/healthz" (200 while the
/// process lives), "/readyz" (503 until every collector has finished its first attempt); paths are
/// compared exactly, anything else is a 404. Safe to call from any thread.
class Router {
 public:
  /// Gives what the status page shows. Called from the server's threads, several at once.
  using StatusSource = std::function<StatusPageInput()>;

  /// Gives what is known of the kernel's kills, never null. Called as StatusSource is.
  using KillSource = std::function<std::shared_ptr<const KillReport>()>;

  /// `board` and `metrics` outlive the router. `telemetry_path` (--web.telemetry-path) is none of
  /// the other pages.
  Router(std::string telemetry_path, const Board& board, const MetricsPage& metrics,
         StatusSource status, KillSource kills)
      : telemetry_path_(std::move(telemetry_path)),
        board_(board),
        metrics_(metrics),
        status_(std::move(status)),
        kills_(std::move(kills)) {}

  /// The answer to a GET with its body; the same one to a HEAD, whose body the server leaves out.
  /// Compressed where the client takes that.
  HttpResponse Handle(const HttpRequest& request);

 private:
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse Rendered(const HttpRequest& request);
  HttpResponse Metrics(const HttpRequest& request) const;
  HttpResponse Status() const;
  HttpResponse Kills() const;
  HttpResponse Readiness() const;

  const std::string telemetry_path_;
  const Board& board_;
  const MetricsPage& metrics_;
  const StatusSource status_;
  const KillSource kills_;
};

}  // namespace airflow_host
