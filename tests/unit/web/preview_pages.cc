// Serves the pages with made-up readings until it is killed: `preview_pages [ADDRESS] [THREADS]`.
// For looking at the pages and for measuring the server; no part of the product.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "exporter/web/router.h"
#include "exporter/web/server.h"
#include "tests/unit/web/sample_board.h"
#include "tests/unit/web/sample_kills.h"

int main(int argc, char** argv) {
  using namespace airflow_host;
  SampleBoard sample;
  auto many = std::make_shared<SampleObservation>();
  many->series = 1000;
  sample.board.Publish("host", many);
  const MetricsPage metrics(sample.board);
  Router router(
      "/metrics", sample.board, metrics,
      [&] {
        StatusPageInput input{
            "0.1.0", "airflow-worker-1", sample.clock.SystemNow(), sample.board.Read(), {}, {}};
        input.notes = {
            "Memory is not locked: LimitMEMLOCK= of the service is 64 KiB, 64 MiB is needed."};
        input.facts = {{"Host memory", "Available", "577 MiB of 3.8 GiB"},
                       {"Host memory", "Swap free", "none configured"},
                       {"Host memory", "Ends at the present rate", "03:41 UTC"},
                       {"Airflow", "Scheduler", "1 process, 612 MiB"},
                       {"Airflow", "Tasks queued", "36"},
                       {"Airflow", "Tasks running", "16"}};
        input.kills = SampleKills(input.now);
        return input;
      },
      [&] { return SampleKills(sample.clock.SystemNow()); });
  WebSettings settings;
  settings.listen_addresses = {argc > 1 ? argv[1] : "127.0.0.1:10132"};
  if (argc > 2) settings.threads = std::atoi(argv[2]);
  const auto server = WebServer::Start(
      settings, [&](const HttpRequest& request) { return router.Handle(request); });
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("http://127.0.0.1:%d/\n", (*server)->ports().front());
  std::fflush(stdout);
  pause();
  return 0;
}
